/** A TCP connection as plots need it: each segment once, with where and when it was sent and arrived, and numbers that begin at 0. */
import type { Micros } from '../../stack/time.ts';
import { ACK, FIN, SYN } from '../../stack/wire/tcp.ts';
import type { Repeat } from '../analyse/repeats.ts';
import { Repeats } from '../analyse/repeats.ts';
import { dissect } from '../dissect/dissect.ts';
import type { Tcp } from '../dissect/dissected.ts';
import type { WireFrame } from '../ladder/wire-frames.ts';
import { wireFrames } from '../ladder/wire-frames.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';
import { endpoint } from '../words/phrases.ts';

/** 0 is who sent the first segment that was recorded: the client, where the handshake is there. */
export type Side = 0 | 1;

export interface TraceSegment {
  readonly from: Side;
  /** When it left, on the clock of the frames; undefined when only its arrival was recorded. */
  readonly sentAt: Micros | undefined;
  /** undefined when only its departure was recorded, or when it was lost. */
  readonly arrivedAt: Micros | undefined;
  readonly lost: boolean;
  /** Relative to the initial sequence number, beyond 2^32 where the connection goes on so long. */
  readonly seq: number;
  /** One past the last number it occupies, with SYN and FIN. */
  readonly end: number;
  /** Of the text. */
  readonly length: number;
  /** undefined without the ACK flag. */
  readonly ack: number | undefined;
  /** In bytes, scaled where the shift is known (RFC 7323 §2). */
  readonly window: number;
  readonly flags: number;
  readonly sack: readonly (readonly [left: number, right: number])[];
  /** RFC 7323 §3. */
  readonly timestamps: { readonly value: number; readonly echo: number } | undefined;
  readonly repeat: Repeat;
  /** The sender's comment, and the receiver's where it is another. */
  readonly comments: readonly string[];
}

export interface Trace {
  /** Address and port, such as 10.0.0.1:43210. */
  readonly ends: readonly [string, string];
  readonly segments: readonly TraceSegment[];
}

interface Half {
  /** On the wire; what 0 stands for. */
  readonly base: number;
  /** The last number seen, unwrapped: what comes next is near. */
  last: number;
  shift: number | undefined;
}

interface Draft {
  readonly ends: readonly [string, string];
  readonly segments: TraceSegment[];
  readonly halves: [Half | undefined, Half | undefined];
}

export interface TraceOptions {
  /** Of the interfaces, by their number, as in the registry of LINKTYPE values. @default Ethernet */
  readonly linkTypes?: readonly number[];
  /** Numbers of the frames, from 1, that shall be in it; the others are read, and tell what these mean. @default all */
  readonly only?: ReadonlySet<number>;
}

/**
 * Every TCP connection in a recording, in the order of their first segments.
 * @param frames in the order in which they were recorded
 */
export function traces(frames: readonly RecordedFrame[], { linkTypes = [], only }: TraceOptions = {}): Trace[] {
  const open = new Map<string, Draft>();
  const all: Draft[] = [];
  const repeats = new Repeats();
  const isWanted = ({ number, arrivals }: WireFrame): boolean =>
    only === undefined || only.has(number) || arrivals.some((arrival) => only.has(arrival.number));
  for (const wire of wireFrames(frames)) {
    const found = tcpOf(wire, linkTypes);
    if (found === undefined) continue;
    const { from, to, transport, length } = found;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    let draft = open.get(key);
    if (draft === undefined || beginsAnew(draft, from, transport)) {
      draft = { ends: [from, to], segments: [], halves: [undefined, undefined] };
      open.set(key, draft);
      all.push(draft);
    }
    const repeat = repeats.read(`${from} > ${to}`, transport, length, wire.frame.at, wire.frame.direction === 'out');
    const segment = segmentOf(draft, from === draft.ends[0] ? 0 : 1, transport, length, { ...wire, repeat });
    if (isWanted(wire)) draft.segments.push(segment);
  }
  return all.filter(({ segments }) => segments.length > 0).map(({ ends, segments }) => ({ ends, segments }));
}

/** A sound TCP segment, sent once. */
function tcpOf(
  { frame, copyOf }: WireFrame,
  linkTypes: readonly number[],
): { from: string; to: string; transport: Tcp; length: number } | undefined {
  const { bytes, interfaceId, originalLength } = frame;
  const { network, transport, payloadLength, faults } = dissect(bytes, { linkType: linkTypes[interfaceId], originalLength });
  if (network === undefined || network.kind === 'arp' || transport?.kind !== 'tcp') return undefined;
  if (faults.length > 0 || copyOf !== undefined) return undefined;
  return {
    from: endpoint(network.source, transport.sourcePort),
    to: endpoint(network.destination, transport.destinationPort),
    transport,
    length: payloadLength,
  };
}

/** A SYN with another number than the first: the ports are used again. */
function beginsAnew({ ends, halves }: Draft, from: string, { flags, seq }: Tcp): boolean {
  const half = halves[from === ends[0] ? 0 : 1];
  return (flags & (SYN | ACK)) === SYN && half !== undefined && half.base !== seq;
}

interface Seen extends WireFrame {
  readonly repeat: Repeat;
}

function segmentOf(draft: Draft, from: Side, segment: Tcp, length: number, seen: Seen): TraceSegment {
  const { frame, repeat } = seen;
  const lost = seen.lost || seen.corrupted;
  const [own, peer] = halvesOf(draft, from, segment);
  const seq = unwrap(own, segment.seq);
  return {
    from,
    ...timesOf(seen),
    lost,
    seq,
    end: seq + length + (segment.flags & SYN ? 1 : 0) + (segment.flags & FIN ? 1 : 0),
    length,
    ack: segment.flags & ACK && peer !== undefined ? unwrap(peer, segment.ack) : undefined,
    window: segment.window * (segment.flags & SYN || peer?.shift === undefined ? 1 : 2 ** (own.shift ?? 0)),
    flags: segment.flags,
    sack: peer === undefined ? [] : blocksOf(segment).map(([left, right]) => [unwrap(peer, left), unwrap(peer, right)]),
    timestamps: timestampsOf(segment),
    repeat,
    comments: [...new Set([frame.comment, ...seen.arrivals.map((arrival) => arrival.frame.comment)])],
  };
}

/** Both directions; that of the peer is known once something is acknowledged. */
function halvesOf({ halves }: Draft, from: Side, segment: Tcp): [own: Half, peer: Half | undefined] {
  const other: Side = from === 0 ? 1 : 0;
  const isSyn = (segment.flags & SYN) !== 0;
  const own = halves[from] ?? { base: isSyn ? segment.seq : segment.seq - 1, last: 0, shift: undefined };
  if (isSyn) own.shift = shiftOf(segment);
  halves[from] = own;
  if (segment.flags & ACK) halves[other] ??= { base: segment.ack - 1, last: 0, shift: undefined };
  return [own, halves[other]];
}

function timesOf({ frame, arrivals, corrupted }: Seen): Pick<TraceSegment, 'sentAt' | 'arrivedAt'> {
  if (frame.direction === 'in') return { sentAt: undefined, arrivedAt: timeOf(frame) };
  const [arrival] = corrupted ? [] : arrivals;
  return { sentAt: timeOf(frame), arrivedAt: arrival === undefined ? undefined : timeOf(arrival.frame) };
}

const timeOf = ({ at, nanoseconds = 0 }: RecordedFrame): Micros => at + nanoseconds / 1000;

/** The number next to the last one that the 32 bits can mean. */
function unwrap(half: Half, wire: number): number {
  const value = half.last + ((wire - half.base - half.last) | 0);
  half.last = Math.max(half.last, value);
  return value;
}

function shiftOf({ options }: Tcp): number | undefined {
  for (const option of options) if (option.kind === 'window scale') return Math.min(option.shift, 14); // RFC 7323 §2.3
  return undefined;
}

function timestampsOf({ options }: Tcp): TraceSegment['timestamps'] {
  for (const option of options) if (option.kind === 'timestamps') return { value: option.value, echo: option.echo };
  return undefined;
}

const blocksOf = ({ options }: Tcp): (readonly [number, number])[] =>
  options.flatMap((option) => (option.kind === 'SACK' ? option.blocks.map(({ left, right }) => [left, right] as const) : []));

/** Who sent more text. */
export function mainSender({ segments }: Trace): Side {
  let balance = 0;
  for (const { from, length } of segments) balance += from === 0 ? length : -length;
  return balance >= 0 ? 0 : 1;
}

/** When a segment was seen at one end; undefined for one that never got there. */
export function seenAt(side: Side, { from, sentAt, arrivedAt, lost }: TraceSegment): Micros | undefined {
  if (from === side) return sentAt ?? arrivedAt;
  return lost ? undefined : (arrivedAt ?? sentAt);
}

/** What one end sees, in the order in which it sees it. */
export function inOrderSeen({ segments }: Trace, side: Side): { segment: TraceSegment; at: Micros }[] {
  return segments
    .flatMap((segment) => {
      const at = seenAt(side, segment);
      return at === undefined ? [] : [{ segment, at }];
    })
    .toSorted((one, other) => one.at - other.at);
}
