/**
 * Our fields are tshark's: for each frame the same headers, and for each field the same values from the same bytes. What tshark
 * names and we do not is listed with the reason, so that nothing is forgotten.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CaptureWalk } from '../../../src/capture/dissect/capture-walk.ts';
import type { CapturedFrame } from '../../../src/capture/dissect/captured-frame.ts';
import type { Field, Layer } from '../../../src/capture/dissect/layers/field.ts';
import { flatten, valueText } from '../../../src/capture/dissect/layers/field.ts';
import { allNames, PROTOCOL_FIELDS } from '../../../src/capture/dissect/layers/registry.ts';
import { readCapture } from '../../../src/capture/file/read-capture.ts';
import type { TsharkFrame } from '../pdml.ts';
import { pdmlOf } from '../pdml.ts';
import { GALLERY, pcapOf } from './gallery.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-fields-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What tshark gives a name and the dissector does not. */
const LEFT_OUT: readonly (readonly [names: RegExp, reason: string])[] = [
  [
    /^(geninfo|num|len|caplen|timestamp|frame\.(marked|ignored|protocols|encap_type|time|time_utc|offset_shift|time_delta_displayed|packet_flags.*|p2p_dir|interface_description|interface_queue|section_number|comment\.expert)|frame|pkt_comment)$/,
    'about the program, not the frame',
  ],
  [/^(_ws\..*|fake-field-wrapper|raw|)$/, "Wireshark's own notes"],
  [/_resolved$|_host$|\.host$|\.oui$|_name$/, 'names looked up in tables'],
  [/^(eth|ip|ipv6)\.addr$|^(tcp|udp)\.port$|^eth\.(lg|ig)$/, 'either of two: the filter knows them'],
  [
    /\.stream$|^tcp\.(completeness.*|nxtseq|window_size|window_size_scalefactor|analysis.*|connection\..*|time_.*|pdu\..*|segment.*|reassembled.*|fin_retransmission|reset_cause)$/,
    'what the conversation tells, not the header',
  ],
  [
    /^udp\.(time_.*|stream.*|possible_traceroute)$|^icmp(v6)?\.(resp.*|no_resp)$|^dns\.(time|unsolicited|response_.*|retransmi.*)$|^arp\.(duplicate.*|packet-storm.*|seconds-since.*)$/,
    'what the conversation tells, not the header',
  ],
  [/^tcp\.flags\.str$|^tcp\.flags\.ace$/, 'the flags again, drawn'],
  [
    /_calculated$|checksum_bad|checksum\.(bad|zero|ffff)|length\.bad|\.expert$/,
    'said by the checksum status and in the words about the frame',
  ],
  [
    /^tcp\.options\.(mss|wscale|sack_perm|sack|timestamp|nop|eol|tfo|user_to|md5|ao|experimental|unknown|echo)$|^ip\.options\.\w+$|^ipv6\.opt$|^dns\.opt$|^icmpv6\.opt$/,
    'the whole option: its parts are named',
  ],
  [
    /^tcp\.options\.sack\.dsack.*$|^tcp\.(mss|options\.mss).*(absent|present)$|^tcp\.(urgent_pointer\.non_zero|ack\.nonzero|non_zero_bytes_after_eol)$/,
    'a judgement, not a field',
  ],
  [/^icmp\.(ident|seq)_le$/, 'the same bytes the wrong way round'],
  [/^icmp\.data_time.*$/, "a guess that the echo's data begins with the time"],
  [/^icmp\.length.*$|^icmp\.ext.*$/, 'extensions of ICMP errors, RFC 4884, are data'],
  [/^(ip|ipv6)\.(src|dst)?_?slaac_mac$|^ipv6\.(slaac_mac|isatap.*|6to4.*|embed.*)$/, 'read out of addresses'],
  [
    /^(eth|arp|ip|ipv6|tcp|udp|icmp|icmpv6|dns|mdns|llmnr|dhcp|vlan|ieee8021ad|llc|sll|null|data|ah|stp)$/,
    'the header as a whole',
  ],
  [/^ip\.(cur_rt)$/, 'the destination again'],
  [/^ip\.version$/, 'of IPv6 there is ipv6.version'],
  [/^dns\.srv\.(service|proto|name)$/, 'the name in parts'],
  [
    /^dns\.qry\.qu$|^dns\.resp\.cache_flush$|^dns\.flags\.(conflict|tentative)$/,
    'mDNS and LLMNR use bits of DNS for their own purposes',
  ],
  [
    /^dhcp\.option\.padding$|^dhcp\.client_id.*$|^dhcp\.option\.(suboption_length|agent_information.*)$/,
    'zeros; other identifiers than Ethernet addresses, and what relays add, are bytes',
  ],
  [/^llc\.(dsap|ssap)\.sap$|^llc\.control\..*$/, '802.2 is named, not spoken'],
  [
    /^ipv6\.routing\.(srh|rpl|src|mipv6|unknown_data|undecoded|deprecated|invalid|crh).*$|^ipv6\.routing\.type.*$/,
    'what routing headers hold is as many kinds as there are types',
  ],
  [/^ipv6\.\w+\.len_oct$/, 'the length again, in bytes'],
  [/^icmpv6\.opt\.(linkaddr|reserved)$|^icmpv6\.(nd|opt).*expert.*$/, 'named by what it is the address of'],
  [/^(ip|ipv6)\.(fragment|reassembled).*$/, 'fragments are not put together'],
  [/^arp\.(src|dst)\.(hw|proto)$/, 'bytes of addresses that have a form of their own'],
];

/** Where tshark's opinion is another one. @returns true when this field of this frame is not to be compared */
function isKnownDifference(name: string, key: string, theirs: TsharkFrame): boolean {
  const isQuoting = theirs.protocols.some((protocol) => protocol.startsWith('icmp'));
  // tshark does not judge what an error quotes, and calls its sequence number tcp.seq alone
  if (
    isQuoting &&
    [
      'tcp.seq_raw',
      'tcp.seq',
      'tcp.len',
      'icmp.checksum.status',
      'udp.checksum.status',
      'tcp.checksum.status',
      'tcp.payload',
      'udp.payload',
      'data.data',
      'data.len',
    ].includes(key)
  )
    return theirs.fields.filter(({ name: other }) => other === 'ip' || other === 'ipv6').length > 1;
  // tshark shows the final address of a source route as the destination
  if (name === 'loose source route' && (key === 'ip.dst' || key === 'ip.src_rt')) return true;
  // tshark gives the name of an SRV record in parts instead
  if (name === 'DNS service' && key === 'dns.resp.name') return true;
  // a file of classic pcap has no interfaces
  if (key === 'frame.interface_id') return !theirs.fields.some((field) => field.name === key);
  // too little of a header to show any of it
  return name === 'cut in the IPv4 header' && (key.startsWith('data') || key.startsWith('ip.'));
}

const fieldsOf = (layers: readonly Layer[]): Field[] =>
  layers.flatMap(({ fields, quoted }) => [...flatten(fields), ...fieldsOf(quoted)]);
const protocolsOf = (layers: readonly Layer[]): string[] =>
  layers.flatMap(({ protocol, quoted }) => [protocol, ...protocolsOf(quoted)]);

/** Numbers of any notation are compared as numbers. */
const normal = (text: string): string =>
  /^(0x[0-9a-f]+|-?\d+(\.\d+)?)$/i.test(text) ? String(Number(text)) : text.toLowerCase();

/** The end of the options once: tshark shows each zero behind it as another one, and DHCP's as 0. */
function withoutRepeatedEnd(key: string, values: readonly string[]): string[] {
  if (key === 'dhcp.option.type') return values.map((value) => value.replace(/^(255|0)@/, 'end@'));
  const end =
    key === 'tcp.option_kind' || key.startsWith('ip.opt.type') ? values.findIndex((value) => value.startsWith('0@')) : -1;
  return key === 'tcp.option_kind' && end >= 0 ? values.slice(0, end + 1) : [...values];
}

/** Bytes count where both say them: what is computed stands nowhere. */
const place = ({ at, length }: { readonly at: number; readonly length: number }, isShown: boolean): string =>
  isShown ? `@${at}+${length}` : '@';

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

function differencesOf(name: string, ours: readonly Field[], theirs: TsharkFrame): string[] {
  // an empty field is tshark's way to say that there might have been one
  const theirsBy = grouped(
    theirs.fields.filter(({ show, length }) => show !== '' || length > 0),
    (field) => field.name,
  );
  const oursBy = grouped(ours, ({ key }) => key);
  const different = [...oursBy].flatMap(([key, fields]) => {
    if (isKnownDifference(name, key, theirs)) return [];
    const others = theirsBy.get(key) ?? [];
    const isPlaced = fields.every(({ length }) => length > 0);
    const [a, b] = [
      withoutRepeatedEnd(
        key,
        fields.map((field) => `${normal(valueText(field))}${place(field, isPlaced)}`),
      ).join(' '),
      withoutRepeatedEnd(
        key,
        others.map((field) => `${normal(field.show)}${place(field, isPlaced)}`),
      ).join(' '),
    ];
    return a === b ? [] : [`${name}: ${key} is "${a}", tshark says "${b}"`];
  });
  const forgotten = [...theirsBy.keys()].filter(
    (key) => !oursBy.has(key) && !isKnownDifference(name, key, theirs) && !LEFT_OUT.some(([names]) => names.test(key)),
  );
  return [...different, ...forgotten.map((key) => `${name}: tshark has ${key} too, "${theirsBy.get(key)![0]!.show}"`)];
}

const NO_LAYERS = /^(geninfo|frame|raw|ah|fake-field-wrapper|data|_ws\..*|ipv6\..*|pkt_comment)$/;
const headersOf = (protocols: readonly string[]): string =>
  protocols
    .filter((protocol) => !NO_LAYERS.test(protocol))
    .join(' ')
    .replaceAll(/\b(mdns|llmnr)\b/g, 'dns');

function compare(name: string, frame: CapturedFrame, theirs: TsharkFrame): string[] {
  const headers = headersOf(protocolsOf(frame.layers));
  const others = headersOf(theirs.protocols);
  const isCut = name === 'cut in the IPv4 header';
  const wrong = headers === others || isCut ? [] : [`${name}: the headers are ${headers}, tshark says ${others}`];
  return [...wrong, ...differencesOf(name, fieldsOf(frame.layers), theirs)];
}

describe('a frame of every kind', () => {
  const linkTypes = [...new Set(GALLERY.map(({ linkType = 1 }) => linkType))];
  test.each(linkTypes)('of link type %i: headers, values and places are those of tshark', (linkType) => {
    const frames = GALLERY.filter((frame) => (frame.linkType ?? 1) === linkType);
    const path = join(folder, `gallery-${linkType}.pcap`);
    writeFileSync(path, pcapOf(frames));
    const theirs = pdmlOf(path);
    expect(theirs).toHaveLength(frames.length);
    const walk = new CaptureWalk([{ name: '', linkType }], { relative: false });
    const recorded = readCapture(readFileSync(path)).frames;
    expect(frames.flatMap(({ name }, index) => compare(name, walk.next(recorded[index]!), theirs[index]!))).toEqual([]);
  });

  test('has every field that there is, but for those that only some captures have', () => {
    const walk = new CaptureWalk([{ name: '', linkType: 1 }], { relative: false });
    const seen = new Set<string>([
      'frame.interface_name',
      'frame.packet_flags_direction',
      'frame.comment',
      'dhcp.option.option_overload',
    ]);
    for (const { bytes, linkType = 1 } of GALLERY) {
      const one = new CaptureWalk([{ name: '', linkType }]);
      const frame = { bytes, at: 0, direction: 'unknown', interfaceId: 0, comment: '' } as const;
      for (const { key } of fieldsOf((linkType === 1 ? walk : one).next(frame).layers)) seen.add(key);
    }
    const all = Object.values(PROTOCOL_FIELDS).flatMap((table) => Object.keys(table));
    expect(allNames()).toEqual(expect.arrayContaining(all));
    expect(all.filter((key) => !seen.has(key))).toEqual([]);
  });
});

const CAPTURES = resolve(import.meta.dirname, '../../../captures');
const files = existsSync(CAPTURES)
  ? readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.pcap(ng)?$/.test(name))
  : [];

describe('the captures of the gallery', () => {
  test.each(files.length > 0 ? files : [''])('%s', (file) => {
    if (file === '') return;
    const path = join(CAPTURES, file);
    const capture = readCapture(readFileSync(path));
    const theirs = pdmlOf(path);
    expect(theirs).toHaveLength(capture.frames.length);
    const walk = new CaptureWalk(capture.interfaces, { relative: false });
    expect(capture.frames.flatMap((frame, index) => compare(`frame ${index + 1}`, walk.next(frame), theirs[index]!))).toEqual([]);
  });
});
