/** What a capture is, in numbers: span of time, sizes, rates, and packets and bytes of each protocol. */
import type { Micros } from '../../stack/time.ts';
import type { Dissected } from '../dissect/dissected.ts';
import { protocolName } from '../dissect/names.ts';
import type { RecordedFrame } from '../record/frame-sink.ts';

export interface Share {
  readonly packets: number;
  /** As they were on the wire. */
  readonly bytes: number;
}

/** A protocol and what it carried. */
export interface ProtocolShare extends Share {
  readonly name: string;
  /** 0: outermost. */
  readonly depth: number;
}

type Growing = { packets: number; bytes: number };

interface Node extends Growing {
  readonly inner: Map<string, Node>;
}

const newNode = (): Node => ({ packets: 0, bytes: 0, inner: new Map() });

/** Names of protocols come from frames, and frames from anybody: beyond so many below one protocol they are "other". */
const MOST_NAMES = 64;
const SECOND = 1_000_000;

export class CaptureStatistics {
  readonly #root: Node = newNode();
  readonly #interfaces: Growing[] = [];
  #first: Micros | undefined = undefined;
  #earliest: Micros = 0;
  #latest: Micros = 0;
  #second: Micros = Number.NaN;
  readonly #inSecond: Growing = { packets: 0, bytes: 0 };
  /** The most bytes within one second of the clock, and the most packets. */
  readonly peak: Growing = { packets: 0, bytes: 0 };
  /** Frames with a comment. */
  comments = 0;
  /** Frames that were seen and not recorded. */
  dropped = 0;
  /** Frames of which only the beginning was kept. */
  cut = 0;
  /** Frames in which something is wrong: malformed, cut, or with a checksum that does not fit (as offload leaves it). */
  faulty = 0;
  shortest = 0;
  longest = 0;

  add(frame: RecordedFrame, packet: Dissected): void {
    const { at, comment, dropped = 0, bytes, originalLength = bytes.length } = frame;
    this.shortest = this.packets === 0 ? originalLength : Math.min(this.shortest, originalLength);
    this.longest = Math.max(this.longest, originalLength);
    this.#earliest = this.#first === undefined ? at : Math.min(this.#earliest, at);
    this.#latest = this.#first === undefined ? at : Math.max(this.#latest, at);
    this.#first ??= at;
    this.#countPeak(at, originalLength);
    if (comment !== '') this.comments++;
    if (originalLength > bytes.length) this.cut++;
    if (packet.faults.length > 0) this.faulty++;
    this.dropped += dropped;
    this.#interfaces[frame.interfaceId] ??= { packets: 0, bytes: 0 };
    count(this.#interfaces[frame.interfaceId]!, originalLength);
    let node = this.#root;
    count(node, originalLength);
    for (const name of pathOf(packet)) {
      node = innerOf(node, name);
      count(node, originalLength);
    }
  }

  get packets(): number {
    return this.#root.packets;
  }

  get bytes(): number {
    return this.#root.bytes;
  }

  /** Of the earliest frame and of the latest; undefined without frames. */
  get span(): { readonly start: Micros; readonly end: Micros } | undefined {
    return this.#first === undefined ? undefined : { start: this.#earliest, end: this.#latest };
  }

  /** By number of the interface. */
  get interfaces(): readonly (Share | undefined)[] {
    return this.#interfaces;
  }

  /** Outer protocols before what they carry, the most frequent first. */
  get protocols(): ProtocolShare[] {
    return flatten(this.#root, 0);
  }

  #countPeak(at: Micros, length: number): void {
    const second = Math.floor(at / SECOND);
    if (second !== this.#second) [this.#second, this.#inSecond.packets, this.#inSecond.bytes] = [second, 0, 0];
    count(this.#inSecond, length);
    this.peak.packets = Math.max(this.peak.packets, this.#inSecond.packets);
    this.peak.bytes = Math.max(this.peak.bytes, this.#inSecond.bytes);
  }
}

function count(share: Growing, length: number): void {
  share.packets++;
  share.bytes += length;
}

function innerOf(node: Node, name: string): Node {
  const key = node.inner.has(name) || node.inner.size < MOST_NAMES ? name : 'other';
  const known = node.inner.get(key);
  if (known !== undefined) return known;
  const made = newNode();
  node.inner.set(key, made);
  return made;
}

const flatten = (node: Node, depth: number): ProtocolShare[] =>
  [...node.inner]
    .sort(([, a], [, b]) => b.packets - a.packets)
    .flatMap(([name, { packets, bytes, inner }]) => [
      { name, depth, packets, bytes },
      ...flatten({ packets, bytes, inner }, depth + 1),
    ]);

/** From the outside in. */
function pathOf({ ethernet, network, transport }: Dissected): string[] {
  const path = ethernet === undefined ? [] : [ethernet.llc === undefined ? 'Ethernet' : '802.3'];
  for (const _ of ethernet?.vlans ?? []) path.push('802.1Q');
  if (network === undefined) return [...path, ethernet?.llc?.name ?? ethernet?.typeName ?? 'no protocol'];
  if (network.kind === 'arp') return [...path, 'ARP'];
  path.push(network.kind === 'ipv4' ? 'IPv4' : 'IPv6');
  if (network.kind === 'ipv4' && network.fragmentOffset > 0) return [...path, 'fragments'];
  return [...path, transport?.kind === 'ports' ? transport.protocol : protocolName(network.protocol)];
}
