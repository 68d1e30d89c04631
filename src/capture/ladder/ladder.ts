/** A conversation as a ladder: one column a host, one row a packet. Data here; `ladder-text.ts` draws it. */
import type { Micros } from '../../stack/time.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import { dissect } from '../dissect/dissect.ts';
import type { Dissected, Ipv4, Ipv6, Tcp } from '../dissect/dissected.ts';
import { protocolName } from '../dissect/names.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import * as phrases from '../words/phrases.ts';
import type { SequenceBases } from '../words/sequence-tracker.ts';
import { relativeTo, SequenceTracker } from '../words/sequence-tracker.ts';
import { LadderHosts } from './hosts.ts';
import { wireFrames } from './wire-frames.ts';

export interface LadderHost {
  /** Of IP where one is known, else of Ethernet; empty for "everyone else". */
  readonly address: string;
  /** What to write above the column. */
  readonly name: string;
}

/** What a row is about, for its colour. */
export type Tone = 'resolve' | 'open' | 'data' | 'acknowledge' | 'close' | 'reset' | 'message' | 'malformed';

/** What folding needs to know of a TCP segment. */
export interface SegmentFacts {
  /** Addresses and ports, the sender first. */
  readonly flow: string;
  readonly reverseFlow: string;
  readonly payloadLength: number;
  /** Data in order, or an acknowledgment that brings nothing unusual: nobody misses one of many. */
  readonly isOrdinary: boolean;
}

export interface LadderRow {
  /** Since the first frame. */
  readonly at: Micros;
  /** Index of the host that sent it. */
  readonly from: number;
  /** Index of the host it is for; -1: for everyone. */
  readonly to: number;
  readonly tone: Tone;
  /** What to write on the arrow, what matters most first: who has little room leaves out the last. */
  readonly parts: readonly string[];
  /** Why it was sent. */
  readonly note: string;
  /** It never arrived, as far as the capture can tell. */
  readonly lost: boolean;
  /** How many packets this row stands for: more than one where a run was folded. */
  readonly packets: number;
  readonly segment: SegmentFacts | undefined;
}

export interface Ladder {
  readonly hosts: readonly LadderHost[];
  readonly rows: readonly LadderRow[];
}

export interface LadderOptions {
  /** Names by address, in the order in which the columns shall stand. */
  readonly names?: ReadonlyMap<string, string>;
}

/** @param frames in the order in which they were recorded */
export function ladder(frames: readonly RecordedFrame[], { names = new Map() }: LadderOptions = {}): Ladder {
  const seen = wireFrames(frames).map((sight) => ({ ...sight, packet: dissect(sight.frame.bytes) }));
  const hosts = new LadderHosts(
    seen.map(({ packet }) => packet),
    names,
  );
  const conversations = new Conversations();
  const start = seen[0]?.frame.at ?? 0;
  const rows = seen.map(({ frame, lost, packet }): LadderRow => {
    const { from, to } = hosts.columnsOf(packet);
    return { at: frame.at - start, from, to, note: frame.comment, lost, packets: 1, ...conversations.read(packet) };
  });
  return { hosts: hosts.list, rows };
}

type Content = Pick<LadderRow, 'tone' | 'parts' | 'segment'>;

/** Reads packets in their order and remembers what makes the next one ordinary. */
class Conversations {
  readonly #tracker = new SequenceTracker();
  /** By flow: the sequence number that comes next, the last acknowledgment and window. */
  readonly #expected = new Map<string, { seq: number; ack: number; window: number }>();

  read(packet: Dissected): Content {
    const content = this.#readSound(packet);
    const [fault] = packet.faults;
    if (fault === undefined) return content;
    return { tone: 'malformed', parts: [content.parts[0] ?? '', fault, ...content.parts.slice(1)], segment: undefined };
  }

  #readSound(packet: Dissected): Content {
    const { network, transport } = packet;
    if (network === undefined) return message(linkPart(packet));
    if (network.kind === 'arp') return { tone: 'resolve', parts: phrases.arpParts(network), segment: undefined };
    if (network.kind === 'ipv4' && phrases.isFragment(network)) return message(phrases.fragmentPhrase(network));
    if (transport?.kind === 'tcp') return this.#readTcp(packet, network, transport);
    if (transport?.kind === 'icmp')
      return message(...phrases.icmpParts(transport, network.kind === 'ipv6').map((part) => part.replace(/,$/, '')));
    const length = phrases.bytesPhrase(packet.payload.length);
    if (transport === undefined) return message(protocolName(network.protocol), length);
    const protocol = transport.kind === 'udp' ? 'UDP' : transport.protocol;
    return message(`${protocol} ${transport.sourcePort} > ${transport.destinationPort}`, length);
  }

  #readTcp(packet: Dissected, network: Ipv4 | Ipv6, segment: Tcp): Content {
    const { length } = packet.payload;
    const bases = this.#tracker.observe(network.source, network.destination, segment);
    const from = phrases.endpoint(network.source, segment.sourcePort);
    const to = phrases.endpoint(network.destination, segment.destinationPort);
    const flow = `${from} > ${to}`;
    const isMarked = (network.trafficClass & CE) === CE;
    const isOrdinary = this.#isOrdinary(flow, segment, length) && !isMarked;
    const facts = { flow, reverseFlow: `${to} > ${from}`, payloadLength: length, isOrdinary };
    return { tone: toneOf(segment, length), parts: tcpParts(segment, length, bases, isMarked), segment: facts };
  }

  #isOrdinary(flow: string, { flags, seq, ack, window, options }: Tcp, length: number): boolean {
    const before = this.#expected.get(flow);
    const next = (seq + length + (flags & tcp.SYN ? 1 : 0) + (flags & tcp.FIN ? 1 : 0)) >>> 0;
    const isNew = before === undefined || relativeTo(before.seq, next) < 0x8000_0000;
    this.#expected.set(flow, { seq: isNew ? next : before.seq, ack, window });
    if (before?.seq !== seq || (flags & ~tcp.PSH) !== tcp.ACK || window === 0) return false;
    const isDuplicate = length === 0 && ack === before.ack && window === before.window; // RFC 5681 §2
    return !isDuplicate && !options.some(({ kind }) => kind === 'SACK');
  }
}

/** Congestion experienced, in the two low bits of the traffic class. */
const CE = 3;

const message = (...parts: string[]): Content => ({ tone: 'message', parts, segment: undefined });

const linkPart = ({ ethernet }: Dissected): string => ethernet?.llc?.name ?? ethernet?.typeName ?? 'no frame';

function toneOf({ flags }: Tcp, length: number): Tone {
  if (flags & tcp.RST) return 'reset';
  if (flags & tcp.SYN) return 'open';
  if (flags & tcp.FIN) return 'close';
  return length > 0 ? 'data' : 'acknowledge';
}

/**
 * SACK blocks come before the other options: they tell the story, timestamps fill it.
 * @param isMarked a router has marked it (RFC 3168 §5)
 */
function tcpParts(segment: Tcp, length: number, bases: SequenceBases, isMarked: boolean): string[] {
  const isSack = ({ kind }: { kind: string }): boolean => kind === 'SACK';
  const options = [...segment.options.filter(isSack), ...segment.options.filter((option) => !isSack(option))];
  return [
    phrases.flagNames(segment.flags),
    ...(isMarked ? [phrases.ecnPhrase(CE)] : []),
    phrases.sequencePhrase(segment, length, bases),
    ...(length > 0 ? [phrases.bytesPhrase(length)] : []),
    `win ${segment.window}`,
    ...options.map((option) => phrases.optionPhrase(option, bases)).filter((phrase) => phrase !== ''),
  ];
}
