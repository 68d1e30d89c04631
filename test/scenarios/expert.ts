/** What Wireshark's expert has to say about a capture, by the names of its display filters. */
import { start } from '../cli/tapstack.ts';

/** The words of the expert, and the field that they stand for. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/^This frame is a \(suspected\) retransmission/, 'tcp.analysis.retransmission'],
  [/^This frame is a \(suspected\) fast retransmission/, 'tcp.analysis.fast_retransmission'],
  [/^This frame is a \(suspected\) spurious retransmission/, 'tcp.analysis.spurious_retransmission'],
  [/^This frame is a \(suspected\) out-of-order segment/, 'tcp.analysis.out_of_order'],
  [/^Previous segment\(s\) not captured/, 'tcp.analysis.lost_segment'],
  [/^ACKed segment that wasn't captured/, 'tcp.analysis.ack_lost_segment'],
  [/^Duplicate ACK/, 'tcp.analysis.duplicate_ack'],
  [/^TCP keep-alive segment/, 'tcp.analysis.keep_alive'],
  [/^ACK to a TCP keep-alive segment/, 'tcp.analysis.keep_alive_ack'],
  [/^TCP window update/, 'tcp.analysis.window_update'],
  [/^TCP window specified by the receiver is now completely full/, 'tcp.analysis.window_full'],
  [/^TCP Zero Window segment/, 'tcp.analysis.zero_window'],
  [/^TCP Zero Window Probe/, 'tcp.analysis.zero_window_probe'],
  [/^ACK to a TCP Zero Window Probe/, 'tcp.analysis.zero_window_probe_ack'],
  [/^A new tcp session is started with the same ports/, 'tcp.analysis.reused_ports'],
  [/^Connection reset \(RST\)/, 'tcp.connection.rst'],
  [/^Bad checksum/, 'tcp.checksum.bad'],
  [/^D-SACK Sequence/, 'tcp.options.sack.dsack'],
  [/^"Time To Live" only/, 'ip.ttl.too_small'],
  [/^Possible traceroute/, 'udp.possible_traceroute'],
  [/^No response seen to ICMP request/, 'icmp.resp_not_found'],
  [/^Duplicate IP address configured/, 'arp.duplicate-address-detected'],
];

/** What every connection has, the lines with which HTTP begins, and the comments, which are ours. */
const ORDINARY =
  /^(Connection establish|Connection finish|This frame (initiates|undergoes) the connection closing|(GET|POST) \/|HTTP\/1\.[01] )/;

export interface ExpertReport {
  /** How often, by field; what has no field in the table above stands under the expert's own words. */
  readonly events: Readonly<Record<string, number>>;
  /** A line for each frame: its comment, tabs and line ends escaped; empty where there is none. */
  readonly comments: readonly string[];
  /** What tshark wrote to standard error. */
  readonly warnings: string;
}

/** Reads a capture with every checksum verified. */
export async function askExpert(path: string): Promise<ExpertReport> {
  const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
  const { code, out, err } = await start('tshark', ['-r', path, ...checks, '-z', 'expert', '-T', 'fields', '-e', 'frame.comment'])
    .ended;
  if (code !== 0) throw new Error(`tshark failed on ${path}: ${err}`);
  const lines = out.split('\n');
  const from = lines.findIndex(
    (line, index) => /^(Errors|Warns|Notes|Chats|Comments) \(/.test(line) && /^=+$/.test(lines[index + 1]!),
  );
  // a blank line stands before the expert; where it has nothing to say there is only the end of the last line
  const comments = lines.slice(0, from < 0 ? -1 : from - 1);
  return { events: eventsOf(from < 0 ? [] : lines.slice(from)), comments, warnings: err.replace(/^Running as user.*\n/, '') };
}

function eventsOf(lines: readonly string[]): Record<string, number> {
  const events: Record<string, number> = {};
  for (const line of lines) {
    const row = /^ +(\d+) +(\S+(?: \S+)*) {2,}(\S+(?: \S+)*) {2,}(.*)$/.exec(line);
    if (row === null || row[2] === 'Comment' || ORDINARY.test(row[4]!)) continue;
    const name = FIELDS.find(([words]) => words.test(row[4]!))?.[1] ?? row[4]!;
    events[name] = (events[name] ?? 0) + Number(row[1]);
  }
  return events;
}

/** How many frames each display filter shows: undefined where tshark cannot read it. */
export async function countFrames(path: string, filters: readonly string[]): Promise<(number | undefined)[]> {
  const { code, out, err } = await start('tshark', ['-r', path, '-q', '-z', `io,stat,0,${filters.join(',')}`]).ended;
  if (code !== 0) throw new Error(`tshark does not understand one of ${filters.join(', ')}: ${err}`);
  const row = /^\|.*<>.*?\|(.*)\|$/m.exec(out)?.[1]?.split('|') ?? [];
  return filters.map((_, index) => (row[2 * index] === undefined ? undefined : Number(row[2 * index])));
}
