/** One connection of a script: how the script's numbers and the live ones translate into each other. */

import { TimestampMap } from '../../replay/translate/timestamp-map.ts';
import { ACK, FIN, RST, SYN } from '../../stack/wire/tcp.ts';
import type { Ports, SeqRange, Tcp, TcpOption } from '../script/ast.ts';
import type { TcpFields } from '../wire/build.ts';
import type { Emission, TcpHeader } from '../wire/emission.ts';

const DEFAULT_WINDOW = 65_535;
const MAX_SHIFT = 14;

export class Flow {
  /** Live ports. */
  readonly localPort: number;
  readonly remotePort: number;
  /** The ports that the script writes, where it writes any. */
  readonly written: Ports | undefined;
  /** Live initial sequence number of the host under test, once seen, and what the script calls it. */
  localIsn: number | undefined = undefined;
  #localScriptIsn = 0;
  /** The first line about the SYN has given its number a name; later ones are held to it. */
  #isNamed = false;
  /** The peer's initial sequence number: the script writes it as it goes over the wire. */
  remoteIsn = 0;
  /** Both directions have ended: the next SYN begins again. */
  #ended = 0;
  /** The peer's SYN has been seen; another one in the same connection does not change what numbers count from. */
  #peerHasBegun = false;
  readonly timestamps: TimestampMap;
  /** Window shift of the host under test: counts when both SYNs carried the option. */
  #localShift: number | undefined = undefined;
  #peerScales = false;
  /** The peer's latest SYN. */
  #offered: { readonly isn: number; readonly scales: boolean } | undefined = undefined;
  /** The furthest right edge of the window that the host has offered, relative to the peer's initial number. */
  #rightEdge = 0;

  constructor(localPort: number, remotePort: number, written: Ports | undefined, scalesEchoes = false) {
    this.timestamps = new TimestampMap(scalesEchoes);
    this.localPort = localPort;
    this.remotePort = remotePort;
    this.written = written;
  }

  isOf({ transport }: Emission): boolean {
    return transport.kind === 'tcp' || transport.kind === 'udp'
      ? transport.source === this.localPort && transport.destination === this.remotePort
      : transport.kind === 'icmp';
  }

  /** Learns from a packet that the host has sent what no other can tell. @param expected the script's line about it, if any */
  learn(header: TcpHeader, expected: Tcp | undefined): void {
    if (header.flags & SYN) this.#learnFromSyn(header, expected);
    if (header.flags & RST) this.#ended = 3;
    if (header.flags & FIN) this.#ended |= 1;
    const live = timestampOf(header.options);
    const script = expected === undefined || expected.options === 'any' ? undefined : timestampOf(expected.options);
    if (live === undefined || script === undefined) return;
    this.timestamps.learn(script.val, live.val);
  }

  /** Our SYN, the first one or one behind the end of everything before. */
  #begin({ seq, flags }: TcpHeader): void {
    if (this.#ended === 3 && (flags & ACK) === 0) this.#peerHasBegun = false;
    this.localIsn = seq;
    this.#localScriptIsn = 0;
    this.#isNamed = false;
    this.#ended = 0;
    this.#rightEdge = 0;
  }

  #learnFromSyn(header: TcpHeader, expected: Tcp | undefined): void {
    const offered = this.#offered;
    if (header.flags & ACK && offered !== undefined && header.ack === (offered.isn + 1) >>> 0) this.#accepts(offered);
    if (this.localIsn === undefined || this.#ended === 3) this.#begin(header);
    if (expected?.seq.kind === 'range' && !this.#isNamed) {
      this.#localScriptIsn = expected.seq.from;
      this.#isNamed = true;
    }
    this.#localShift = shiftOf(header.options);
  }

  /** A packet of the host in the script's numbers. @param absolute leave the sequence number as it is on the wire */
  toScript(header: TcpHeader, length: number, absolute = false): Tcp {
    const isn = this.localIsn;
    const relative = isn === undefined || absolute ? header.seq : (header.seq - isn) >>> 0;
    const from = header.flags & SYN && isn !== undefined && !absolute ? (relative + this.#localScriptIsn) >>> 0 : relative;
    return {
      kind: 'tcp',
      flags: header.flags,
      seq: { kind: 'range', from, to: (from + length) >>> 0, length, absolute },
      ack: header.flags & ACK ? (header.ack - this.remoteIsn) >>> 0 : header.ack || undefined,
      window: header.window,
      urgent: header.urgent || undefined,
      options: header.options.map((option) => this.#optionToScript(option)),
      udp: undefined,
    };
  }

  #optionToScript(option: TcpOption): TcpOption {
    if (option.kind === 'TS') return { ...option, val: this.timestamps.toScript(option.val) };
    if (option.kind === 'sack') return shifted(option, -this.remoteIsn);
    return option;
  }

  /** A packet of the script in live numbers, and what it changes here. */
  toLive(tcp: Tcp): TcpFields {
    const { flags } = tcp;
    const isSyn = (flags & SYN) !== 0;
    if (isSyn && tcp.seq.kind === 'range') this.#peerBegins(tcp, tcp.seq.from);
    if (flags & RST) this.#ended = 3;
    if (flags & FIN && !isSyn) this.#ended |= 2;
    const seq = this.#liveSeq(tcp.seq, isSyn);
    return {
      seq,
      ack: tcp.ack === undefined ? 0 : ((this.localIsn ?? 0) + tcp.ack) >>> 0,
      flags,
      window: tcp.window ?? DEFAULT_WINDOW,
      urgent: tcp.urgent ?? 0,
      options: tcp.options === 'any' ? [] : tcp.options.map((option) => this.#optionToLive(option)),
      payloadLength: tcp.seq.length,
      payloadPlace: (seq - this.remoteIsn - (isSyn ? 0 : 1)) | 0,
    };
  }

  /** A SYN in the middle of a connection is just a segment; one behind its end begins another, if the host says so. */
  #peerBegins({ options }: Tcp, isn: number): void {
    const scales = options !== 'any' && options.some(({ kind }) => kind === 'wscale');
    this.#offered = { isn, scales };
    if (this.#peerHasBegun) return;
    this.#peerHasBegun = true;
    this.remoteIsn = isn;
    this.#peerScales = scales;
  }

  /** The host has answered the peer's SYN: from here on its number counts. */
  #accepts({ isn, scales }: { isn: number; scales: boolean }): void {
    this.remoteIsn = isn;
    this.#peerScales = scales;
  }

  #liveSeq(seq: SeqRange, isSyn: boolean): number {
    if (seq.kind === 'any') return this.remoteIsn;
    return isSyn || seq.absolute ? seq.from : (this.remoteIsn + seq.from) >>> 0;
  }

  #optionToLive(option: TcpOption): TcpOption {
    if (option.kind === 'TS') return { ...option, ecr: this.timestamps.liveEcho(option.ecr) };
    if (option.kind === 'sack') return shifted(option, this.localIsn ?? 0);
    return option;
  }

  /** Where the host's stream stands in a segment: the place of its first byte behind the SYN. */
  placeOf({ seq, flags }: TcpHeader): number {
    return (seq - (this.localIsn ?? seq) - (flags & SYN ? 0 : 1)) | 0;
  }

  /** Follows the right edge of the offered window. @returns true when this segment takes back what was offered */
  shrinks({ flags, ack, window }: TcpHeader): boolean {
    if ((flags & ACK) === 0 || flags & RST) return false;
    const shift = flags & SYN || !this.#peerScales ? 0 : Math.min(this.#localShift ?? 0, MAX_SHIFT);
    const edge = ((ack - this.remoteIsn) >>> 0) + window * 2 ** shift;
    const shrinks = edge < this.#rightEdge;
    this.#rightEdge = Math.max(this.#rightEdge, edge);
    return shrinks;
  }
}

function shiftOf(options: readonly TcpOption[]): number | undefined {
  for (const option of options) if (option.kind === 'wscale') return option.value;
  return undefined;
}

export const timestampOf = (options: readonly TcpOption[]): { val: number; ecr: number } | undefined =>
  options.find((option) => option.kind === 'TS');

const shifted = (option: TcpOption & { kind: 'sack' }, by: number): TcpOption => ({
  kind: 'sack',
  blocks: option.blocks.map(([left, right]) => [(left + by) >>> 0, (right + by) >>> 0] as const),
});
