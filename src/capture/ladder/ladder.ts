/** A conversation as a ladder: one column a host, one row a packet. Data here; `text.ts`, `svg.ts` and others draw it. */
import type { Micros } from '../../stack/time.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import type { Repeat } from '../analyse/repeats.ts';
import { Repeats } from '../analyse/repeats.ts';
import { dissect } from '../dissect/dissect.ts';
import type { Dissected, Ipv4, Ipv6, Tcp } from '../dissect/dissected.ts';
import { protocolName } from '../dissect/names.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import { applicationParts } from '../words/application.ts';
import * as phrases from '../words/phrases.ts';
import type { SequenceBases } from '../words/sequence-tracker.ts';
import { relativeTo, SequenceTracker } from '../words/sequence-tracker.ts';
import { stpPhrase } from '../words/spanning-tree.ts';
import { EVERYONE, LadderHosts } from './hosts.ts';
import { LadderStations } from './stations.ts';
import { stoppedBy } from './stopped.ts';
import type { Sight, WireFrame } from './wire-frames.ts';
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
  /** Its two ends, whoever sends and by whatever hop. */
  readonly conversation: string;
  readonly payloadLength: number;
  /** Data in order, or an acknowledgment that brings nothing unusual: nobody misses one of many. */
  readonly isOrdinary: boolean;
}

/** Where and when a packet was seen to arrive. */
export interface LadderArrival {
  /** Since the first frame. */
  readonly at: Micros;
  /** Index of the host. */
  readonly to: number;
  /** What the receiver made of it. */
  readonly note: string;
  /** Of the sight in the recording, from 1. */
  readonly number: number;
}

/** What the sequence numbers, or a second sight, say about a packet. */
export type Mark = 'retransmission' | 'out of order' | 'duplicate' | 'corrupted';

export interface LadderRow {
  /** In the recording, from 1; of the first sight when there are several. */
  readonly number: number;
  /** Since the first frame. */
  readonly at: Micros;
  /** Index of the host that sent it. */
  readonly from: number;
  /** Index of the host it is for; -1: for everyone. */
  readonly to: number;
  readonly tone: Tone;
  /** What to write on the arrow, what matters most first: who has little room leaves out the last. */
  readonly parts: readonly string[];
  /** The comment of the first sight: why it was sent. */
  readonly note: string;
  /** The first sight is the receiver's own: nobody saw it leave. */
  readonly seenAtEnd: boolean;
  /** Empty when only one end was recorded, or when it was lost. */
  readonly arrivals: readonly LadderArrival[];
  /** For what the network delivered once more: when it was sent. */
  readonly sentAt: Micros | undefined;
  readonly mark: Mark | undefined;
  /** It never arrived, as far as the capture can tell. */
  readonly lost: boolean;
  /** Index of the host that says to have dropped it, when it was lost there. */
  readonly stoppedBy: number | undefined;
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
  /** Names by Ethernet address: the columns are stations of a network, and each hop of a packet is a row. */
  readonly stations?: ReadonlyMap<string, string>;
  /** Of the interfaces, by their number, as in the registry of LINKTYPE values. @default Ethernet */
  readonly linkTypes?: readonly number[];
  /** Numbers of the frames, from 1, that shall be shown; the others are read, and tell what these mean. @default all */
  readonly only?: ReadonlySet<number>;
}

/** @param frames in the order in which they were recorded */
export function ladder(frames: readonly RecordedFrame[], options: LadderOptions = {}): Ladder {
  const { names = new Map(), stations: byEthernet, linkTypes = [], only } = options;
  const conversations = new Conversations(byEthernet !== undefined);
  const seen = wireFrames(frames)
    .map((sight) => {
      const { bytes, interfaceId, originalLength } = sight.frame;
      const packet = dissect(bytes, { linkType: linkTypes[interfaceId], originalLength });
      const content = conversations.read(packet, sight);
      return { ...sight, packet, content: sight.corrupted ? corrupted(content) : content };
    })
    .filter(
      ({ number, arrivals }) =>
        only === undefined || [number, ...arrivals.map((arrival) => arrival.number)].some((one) => only.has(one)),
    );
  const packets = seen.map(({ packet }) => packet);
  const hosts = byEthernet === undefined ? new LadderHosts(packets, names) : new LadderStations(packets, byEthernet);
  const placed = seen.map((sight) => ({ ...sight, ...hosts.columnsOf(sight.packet) }));
  const leaving = placed.filter(({ frame }) => frame.direction === 'out');
  const stations = new Map(leaving.map(({ frame, from }) => [frame.interfaceId, from]));
  const start = frames.reduce((earliest, { at }) => Math.min(earliest, at), frames[0]?.at ?? 0);
  const stopped = stoppedBy(placed);
  const rows = placed.map((sight, index): LadderRow => {
    const { frame, number, arrivals, copyOf, lost, from, content } = sight;
    const heardBy = arrivals.flatMap((arrival) => stations.get(arrival.frame.interfaceId) ?? []);
    const to = byEthernet === undefined || sight.to !== EVERYONE ? sight.to : farthest(from, heardBy);
    return {
      number,
      at: frame.at - start,
      from,
      to,
      note: frame.comment,
      seenAtEnd: frame.direction === 'in',
      arrivals: arrivals.map((arrival) => arrivalOf(arrival, frame, start, stations.get(arrival.frame.interfaceId) ?? to)),
      sentAt: copyOf === undefined ? undefined : copyOf.frame.at - start,
      lost,
      stoppedBy: stopped[index],
      packets: 1,
      ...content,
    };
  });
  return { hosts: hosts.list, rows: withOvertaken(rows) };
}

/** What goes to everyone on a link ends where the last one has heard it: those behind routers have not. */
const farthest = (from: number, heardBy: readonly number[]): number =>
  heardBy
    .toSorted((a, b) => a - b)
    .reduce((far, column) => (far === EVERYONE || Math.abs(column - from) >= Math.abs(far - from) ? column : far), EVERYONE);

/** Sent in order, and no good when it arrived. */
const corrupted = (content: Content): Content => ({ ...content, tone: 'malformed', mark: 'corrupted', segment: undefined });

/** What arrives behind something that was sent later was overtaken: nobody would look for that inside a folded run. */
function withOvertaken(rows: readonly LadderRow[]): LadderRow[] {
  const earliest = new Map<string, Micros>();
  const copied = new Set(rows.flatMap(({ sentAt, segment }) => (sentAt === undefined ? [] : [`${segment?.flow} ${sentAt}`])));
  return rows
    .toReversed()
    .map((row) => {
      const { segment, arrivals, at, mark } = row;
      const arrival = arrivals.find(({ to }) => to === row.to);
      if (segment === undefined || arrival === undefined) return row;
      const next = earliest.get(segment.flow) ?? Number.POSITIVE_INFINITY;
      earliest.set(segment.flow, Math.min(next, arrival.at));
      const isOvertaken = arrival.at > next;
      if (!isOvertaken && !copied.has(`${segment.flow} ${at}`)) return row;
      const told: Mark | undefined = mark ?? (isOvertaken ? 'out of order' : undefined);
      return { ...row, mark: told, segment: { ...segment, isOrdinary: false } };
    })
    .toReversed();
}

/** A device may hand on what the sender said; the receiver's own words are others. */
const arrivalOf = ({ frame, number }: Sight, sent: RecordedFrame, start: Micros, to: number): LadderArrival => ({
  at: frame.at - start,
  to,
  note: frame.comment === sent.comment ? '' : frame.comment,
  number,
});

type Content = Pick<LadderRow, 'tone' | 'parts' | 'segment' | 'mark'>;

/** Reads packets in their order and remembers what makes the next one ordinary. */
class Conversations {
  readonly #tracker = new SequenceTracker();
  readonly #repeats = new Repeats();
  /** By flow: the sequence number that comes next, the last acknowledgment and window. */
  readonly #expected = new Map<string, { seq: number; ack: number; window: number }>();
  readonly #byHop: boolean;

  /** @param byHop each hop of a packet is a row: what comes by another hop is not the same once more */
  constructor(byHop: boolean) {
    this.#byHop = byHop;
  }

  read(packet: Dissected, wire: WireFrame): Content {
    const content = this.#readSound(packet, wire);
    const [fault] = packet.faults;
    if (fault === undefined) return content;
    return {
      ...content,
      tone: 'malformed',
      parts: [content.parts[0] ?? '', fault, ...content.parts.slice(1)],
      segment: undefined,
    };
  }

  #readSound(packet: Dissected, wire: WireFrame): Content {
    const { network, transport } = packet;
    if (network === undefined) return message(linkPart(packet));
    if (network.kind === 'arp') return { ...message(...phrases.arpParts(network)), tone: 'resolve' };
    if (network.kind === 'ipv4' && phrases.isFragment(network)) return message(phrases.fragmentPhrase(network));
    if (transport?.kind === 'tcp') return this.#readTcp(packet, network, transport, wire);
    if (transport?.kind === 'icmp')
      return message(...phrases.icmpParts(transport, network.kind === 'ipv6').map((part) => part.replace(/,$/, '')));
    const length = phrases.bytesPhrase(packet.payloadLength);
    if (transport === undefined) return message(protocolName(network.protocol), length);
    if (packet.application !== undefined) return message(...applicationParts(packet.application));
    const protocol = transport.kind === 'udp' ? 'UDP' : transport.protocol;
    return message(`${protocol} ${transport.sourcePort} > ${transport.destinationPort}`, length);
  }

  #readTcp(packet: Dissected, network: Ipv4 | Ipv6, segment: Tcp, { frame, copyOf }: WireFrame): Content {
    const { payloadLength: length } = packet;
    const bases = this.#tracker.observe(network.source, network.destination, segment);
    const from = phrases.endpoint(network.source, segment.sourcePort);
    const to = phrases.endpoint(network.destination, segment.destinationPort);
    const [forth, back] = this.#hops(packet);
    const flow = `${forth}${from} > ${to}`;
    const isMarked = (network.trafficClass & CE) === CE;
    const isCopy = copyOf !== undefined;
    const repeat =
      packet.faults.length > 0 || isCopy
        ? undefined
        : this.#repeats.read(flow, segment, length, frame.at, frame.direction === 'out');
    const isOrdinary = this.#isOrdinary(flow, segment, length) && !isMarked && !isCopy;
    const facts = {
      flow,
      reverseFlow: `${back}${to} > ${from}`,
      conversation: [from, to].sort().join(' - '),
      payloadLength: length,
      isOrdinary,
    };
    return {
      tone: toneOf(segment, length),
      parts: tcpParts(segment, length, bases, isMarked),
      segment: facts,
      mark: isCopy ? 'duplicate' : markOf(repeat),
    };
  }

  /** What tells the flows of one hop from those of another, and of its way back. */
  #hops({ ethernet }: Dissected): readonly [forth: string, back: string] {
    if (!this.#byHop || ethernet === undefined) return ['', ''];
    const { source, destination } = ethernet;
    return [`${source} > ${destination}: `, `${destination} > ${source}: `];
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

const message = (...parts: string[]): Content => ({ tone: 'message', parts, segment: undefined, mark: undefined });

const markOf = (repeat: Repeat): Mark | undefined => (repeat === 'late' ? 'out of order' : repeat);

const linkPart = ({ ethernet }: Dissected): string =>
  ethernet?.llc?.stp === undefined ? (ethernet?.llc?.name ?? ethernet?.typeName ?? 'no frame') : stpPhrase(ethernet.llc.stp);

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
