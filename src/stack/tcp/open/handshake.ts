/** Which options we offer, and what was agreed: RFC 9293 §3.7.1, RFC 7323 §1.3. */
import type { Segment } from '../../wire/tcp.ts';
import type { TcpOptions } from '../options.ts';

/** MUST-15: the peer's MSS when its SYN does not say. */
export const DEFAULT_MSS = 536;
/**
 * The smallest MSS we believe. Below it, timestamps on every segment would leave no room for data, and a peer could make
 * us send a packet for every few bytes. Linux: TCP_MIN_SND_MSS, 48.
 */
export const MIN_MSS = 48;
/** RFC 7323 §2.3: a larger shift is read as 14. */
export const MAX_SHIFT = 14;
/** IPv4 header 20 and TCP header 20: what the MSS option leaves out of the MTU. */
export const FIXED_HEADERS = 40;
/** Timestamps on every segment, padded: RFC 7323 appendix A. */
const TIMESTAMPS_ROOM = 12;

export interface Terms {
  /** What we announced: the MTU of our interface less the fixed headers (MUST-67). */
  readonly announcedMss: number;
  /** What the peer announced. */
  readonly peerMss: number;
  /** The path's MTU, IPv4 header included, as known so far. */
  readonly pathMtu: number;
  /** Shift of the windows we receive, RFC 7323 §2.3: Snd.Wind.Shift. */
  readonly sendShift: number;
  /** Shift of the windows we send: Rcv.Wind.Shift. */
  readonly receiveShift: number;
  /** The peer's SYN carried the window scale option. */
  readonly peerScales: boolean;
  readonly timestamps: boolean;
  /** Bytes of options in the IPv4 header of each segment: a source route. */
  readonly ipOptions: number;
  /** Both sent SACK-permitted, RFC 2018 §2. */
  readonly sack: boolean;
}

/** A value that never changes: most connections of a host have agreed on the same, and share it. */
export class Agreement implements Terms {
  readonly announcedMss: number;
  readonly peerMss: number;
  readonly pathMtu: number;
  readonly sendShift: number;
  readonly receiveShift: number;
  readonly peerScales: boolean;
  readonly timestamps: boolean;
  readonly ipOptions: number;
  readonly sack: boolean;

  constructor(terms: Terms) {
    this.announcedMss = terms.announcedMss;
    this.peerMss = terms.peerMss;
    this.pathMtu = terms.pathMtu;
    this.sendShift = terms.sendShift;
    this.receiveShift = terms.receiveShift;
    this.peerScales = terms.peerScales;
    this.timestamps = terms.timestamps;
    this.ipOptions = terms.ipOptions;
    this.sack = terms.sack;
  }

  equals(other: Terms): boolean {
    return (
      this.announcedMss === other.announcedMss &&
      this.peerMss === other.peerMss &&
      this.pathMtu === other.pathMtu &&
      this.sendShift === other.sendShift &&
      this.receiveShift === other.receiveShift &&
      this.peerScales === other.peerScales &&
      this.timestamps === other.timestamps &&
      this.ipOptions === other.ipOptions &&
      this.sack === other.sack
    );
  }

  /** MUST-16, RFC 6691: payload per segment, options that every segment carries subtracted. */
  get sendMss(): number {
    return this.segmentSize - this.optionsRoom;
  }

  /** The same with the options not subtracted. */
  get segmentSize(): number {
    return Math.max(Math.min(this.peerMss, this.pathMtu - FIXED_HEADERS - this.ipOptions), MIN_MSS);
  }

  /** What the options take that every segment carries. */
  get optionsRoom(): number {
    return this.timestamps ? TIMESTAMPS_ROOM : 0;
  }

  /** Payload of a full-sized segment from the peer. */
  get receiveMss(): number {
    return this.announcedMss - this.optionsRoom;
  }
}

/**
 * Before the peer has said anything.
 * @param maxSegment what the application allows, for both directions; 0: anything
 */
export const firstTerms = (interfaceMtu: number, pathMtu: number, maxSegment = 0): Terms => ({
  announcedMss: announcedMss(interfaceMtu, maxSegment),
  peerMss: DEFAULT_MSS,
  pathMtu,
  sendShift: 0,
  receiveShift: 0,
  peerScales: false,
  timestamps: false,
  ipOptions: 0,
  sack: false,
});

/** Agreements that are remembered to be shared. A host whose peers differ more than that spends some bytes on them. */
const REMEMBERED = 8;

/** What the connections of one host have lately agreed on. */
export class Agreements {
  readonly #known: Agreement[] = [];
  #next = 0;

  /** The agreement with these terms, one that exists already where it can be. */
  on(terms: Terms): Agreement {
    for (const one of this.#known) if (one.equals(terms)) return one;
    const agreement = new Agreement(terms);
    this.#known[this.#next] = agreement;
    this.#next = (this.#next + 1) % REMEMBERED;
    return agreement;
  }
}

/** What a SYN says: the longest text that our interface takes (MUST-67), and that the application wants. */
export const announcedMss = (interfaceMtu: number, maxSegment: number): number =>
  Math.min(interfaceMtu - FIXED_HEADERS, maxSegment > 0 ? maxSegment : interfaceMtu);

/** The smallest shift with which 16 bits can name the largest buffer. */
export function shiftFor(maxReceiveBuffer: number): number {
  let shift = 0;
  while (shift < MAX_SHIFT && 0xffff << shift < maxReceiveBuffer) shift++;
  return shift;
}

/** The shift that we offer. */
export const shiftOf = ({ habits, maxReceiveBuffer }: TcpOptions): number =>
  habits.windowShift >= 0 ? habits.windowShift : shiftFor(maxReceiveBuffer);

/** Reads the peer's SYN: an option counts only when both SYNs carry it. */
export function termsOf({ announcedMss, pathMtu, ipOptions }: Terms, syn: Segment, options: TcpOptions): Terms {
  const peerMss = syn.mss > 0 ? Math.max(syn.mss, options.minMss) : options.habits.defaultMss;
  const peerScales = syn.windowShift >= 0;
  const scaling = options.windowScale && peerScales;
  return {
    announcedMss,
    peerMss: options.maxSegment > 0 ? Math.min(peerMss, Math.max(options.maxSegment, MIN_MSS)) : peerMss,
    pathMtu,
    sendShift: scaling ? Math.min(syn.windowShift, MAX_SHIFT) : 0,
    receiveShift: scaling ? shiftOf(options) : 0,
    peerScales,
    timestamps: options.timestamps && syn.hasTimestamps,
    ipOptions,
    sack: options.sack && syn.sackPermitted,
  };
}

/** Puts our options into a SYN. `answer`: into a SYN-ACK, which may only carry what the peer's SYN had. */
export function offer(agreement: Terms, out: Segment, options: TcpOptions, answer: boolean): void {
  out.freebsdOrder = options.habits.optionOrder === 'freebsd';
  out.mss = agreement.announcedMss; // MUST-14, MAY-3
  out.hasTimestamps = answer ? agreement.timestamps : options.timestamps;
  out.sackPermitted = answer ? agreement.sack : options.sack;
  const scaling = options.windowScale && (!answer || agreement.peerScales);
  out.windowShift = scaling ? shiftOf(options) : -1;
}
