/** What tshark makes of a capture, field by field, with the bytes that each comes from. */
import { spawnSync } from 'node:child_process';

export interface TsharkField {
  readonly name: string;
  /** In Wireshark's words for the value. */
  readonly show: string;
  readonly at: number;
  readonly length: number;
}

export interface TsharkFrame {
  readonly protocols: readonly string[];
  readonly fields: readonly TsharkField[];
}

/**
 * No analysis of conversations, every checksum checked, absolute sequence numbers, nothing put together from several frames;
 * what the dissector here does not speak stays data.
 */
export const TSHARK_SETTINGS: readonly string[] = [
  'tcp.relative_sequence_numbers:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
  'tcp.calculate_timestamps:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
  'tcp.check_checksum:TRUE',
  'udp.check_checksum:TRUE',
  'ip.check_checksum:TRUE',
  'ip.defragment:FALSE',
  'ipv6.defragment:FALSE',
  'eth.fcs:Never',
];

const UNSPOKEN = [
  'http',
  'http2',
  'tls',
  'echo',
  'discard',
  'daytime',
  'chargen',
  'rip',
  'rsync',
  'ipx',
  'ospf',
  'telnet',
  'ftp',
  'ftp-data',
  'smtp',
  'ssh',
  'pop',
  'imap',
  'ntp',
  'snmp',
  'tftp',
  'bgp',
  'gryphon',
];

export const tsharkArguments = (path: string): string[] => [
  '-n',
  '-r',
  path,
  ...TSHARK_SETTINGS.flatMap((setting) => ['-o', setting]),
  ...UNSPOKEN.flatMap((protocol) => ['--disable-protocol', protocol]),
];

/** @throws with tshark's words when it fails */
export function runTshark(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`tshark failed: ${stderr}`);
  return stdout;
}

export function pdmlOf(path: string): TsharkFrame[] {
  const pdml = runTshark([...tsharkArguments(path), '-T', 'pdml']);
  return pdml.split('<packet>').slice(1).map(frameOf);
}

function frameOf(packet: string): TsharkFrame {
  const protocols: string[] = [];
  const fields: TsharkField[] = [];
  for (const [, kind, attributes] of packet.matchAll(/<(proto|field) ([^>]*)>/g)) {
    const values = new Map([...attributes!.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescapeXml(value!)]));
    const name = values.get('name') ?? '';
    if (kind === 'proto') protocols.push(name);
    const [at, length] = [Number(values.get('pos') ?? 0), Number(values.get('size') ?? 0)];
    fields.push({ name, show: values.get('show') ?? '', at, length });
  }
  return { protocols, fields };
}

const unescapeXml = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, digits) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replaceAll('&amp;', '&');
