/** What was seen on the wire, packet by packet, in the numbers that a story is told in: what expectations are about. */
import { dissect } from '../capture/dissect/dissect.ts';
import type { Dissected, Ipv4, Ipv6, Tcp } from '../capture/dissect/dissected.ts';
import { wireFrames } from '../capture/ladder/wire-frames.ts';
import type { RecordedFrame } from '../capture/record/frame-sink.ts';
import { stateChanges } from '../capture/words/comment.ts';
import * as phrases from '../capture/words/phrases.ts';
import { relativeTo, SequenceTracker } from '../capture/words/sequence-tracker.ts';
import type { Micros } from '../stack/index.ts';

/** A packet on the wire, once, whoever saw it on its way. */
export interface Sight {
  /** Since the story began. */
  readonly at: Micros;
  /** Names of hosts, or addresses that belong to none. */
  readonly from: string;
  readonly to: string;
  readonly comment: string;
  /** It never arrived. */
  readonly lost: boolean;
  /** Seen to leave its host, if that is recorded: else it is a copy made on the way, came changed, or is forged. */
  readonly sent: boolean;
  readonly packet: Dissected;
}

/** A TCP segment on the wire. Its numbers are relative: the SYN has number 0, the first byte of text 1. */
export interface Segment extends Sight {
  /** "SYN", "PSH ACK" */
  readonly flags: string;
  readonly seq: number;
  /** 0 when it acknowledges nothing. */
  readonly ack: number;
  /** Bytes of text. */
  readonly length: number;
  /** In bytes, its scale applied. */
  readonly window: number;
  /** Text or a FIN, nothing of which is new. */
  readonly again: boolean;
}

/**
 * @param frames in the order of their recording
 * @param names of hosts, by address
 * @param start when the story began
 */
export function sightsOf(frames: readonly RecordedFrame[], names: ReadonlyMap<string, string>, start: Micros): Sight[] {
  const nameOf = (address: string | undefined): string => names.get(address ?? '') ?? address ?? '';
  const stations = new Set(frames.flatMap(({ bytes, direction }) => (direction === 'out' ? [stationOf(bytes)] : [])));
  return wireFrames(frames).map(({ frame, lost: isLost, corrupted }) => {
    const lost = isLost || corrupted;
    const packet = dissect(frame.bytes);
    const { network } = packet;
    const sent = frame.direction === 'out' || !stations.has(stationOf(frame.bytes));
    const [from, to] = network?.kind === 'arp' ? [network.senderIp, network.targetIp] : [network?.source, network?.destination];
    return {
      at: frame.at - start,
      from: nameOf(from),
      to: nameOf(to),
      comment: frame.comment,
      lost,
      sent,
      packet,
    };
  });
}

/** The Ethernet address that a frame comes from. */
const stationOf = (bytes: Uint8Array): string => bytes.subarray(6, 12).join();

export function segmentsOf(sights: readonly Sight[]): Segment[] {
  const reader = new SegmentReader();
  return sights.flatMap((sight) => {
    const { network, transport } = sight.packet;
    if (transport?.kind !== 'tcp' || network === undefined || network.kind === 'arp') return [];
    return [reader.read(sight, network, transport)];
  });
}

/** Numbers segments and remembers what each direction has sent. */
class SegmentReader {
  readonly #tracker = new SequenceTracker();
  /** By flow: the number behind all that was sent, and the window's shift. */
  readonly #sent = new Map<string, { next: number; shift: number }>();

  read(sight: Sight, network: Ipv4 | Ipv6, tcp: Tcp): Segment {
    const bases = this.#tracker.observe(network.source, network.destination, tcp);
    const [seq, length] = [relativeTo(bases.seq, tcp.seq), sight.packet.payload.length];
    const flags = phrases.flagNames(tcp.flags);
    const isSyn = flags.includes('SYN');
    const flow = `${network.source}:${tcp.sourcePort} > ${network.destination}:${tcp.destinationPort}`;
    const before = isSyn ? undefined : this.#sent.get(flow);
    const next = seq + length + (flags.includes('FIN') ? 1 : 0);
    const again = next > seq && next <= (before?.next ?? 0);
    const scale = tcp.options.find(({ kind }) => kind === 'window scale');
    const shift = isSyn && scale?.kind === 'window scale' ? scale.shift : (before?.shift ?? 0);
    if (sight.sent) this.#sent.set(flow, { next: Math.max(next, before?.next ?? 0), shift });
    const ack = flags.includes('ACK') ? relativeTo(bases.ack, tcp.ack) : 0;
    return { ...sight, flags, seq, ack, length, window: isSyn ? tcp.window : tcp.window * 2 ** shift, again };
  }
}

/** The states that the comments of one interface's frames tell of, from the first on. */
export function statesIn(frames: readonly RecordedFrame[]): string[] {
  const states: string[] = [];
  for (const { comment } of frames) {
    for (const { from, to } of stateChanges(comment)) {
      if (states.length === 0) states.push(from);
      states.push(to);
    }
  }
  return states;
}
