/**
 * The language of the TCP tests: a peer and an application on either side of one connection, in virtual time.
 *
 * Numbers are relative to the initial sequence numbers, which both lie just below 2^32, so that every conversation crosses the
 * wrap. Text is a pattern that follows from its place in the stream, so that a length says all about the bytes. Whatever our
 * side sends has to be expected, in order, and a conversation ends in silence unless it says otherwise.
 */
import { Packet } from '../src/stack/bytes/packet.ts';
import { Deadlines } from '../src/stack/deadlines.ts';
import { SeededRandom } from '../src/stack/random.ts';
import type { ConnectOptions } from '../src/stack/tcp/connect-options.ts';
import type { Connection, Path } from '../src/stack/tcp/connection.ts';
import type { TcpDrop } from '../src/stack/tcp/drops.ts';
import { IsnGenerator } from '../src/stack/tcp/open/isn.ts';
import type { Listener, ListenOptions } from '../src/stack/tcp/open/listener.ts';
import type { TcpOptions } from '../src/stack/tcp/options.ts';
import type { State } from '../src/stack/tcp/state.ts';
import { Tcp } from '../src/stack/tcp/tcp.ts';
import { TcpOutput } from '../src/stack/tcp/tcp-output.ts';
import type { Micros } from '../src/stack/time.ts';
import { SECOND } from '../src/stack/time.ts';
import { ipv4 } from '../src/stack/wire/ip-address.ts';
import type { Seq } from '../src/stack/wire/seq.ts';
import { add, diff, seq } from '../src/stack/wire/seq.ts';
import * as wire from '../src/stack/wire/tcp.ts';
import { ACK, PSH, Segment, SYN } from '../src/stack/wire/tcp.ts';
import { AppSide, pattern } from './stack/tcp/application.ts';
import { checkInvariants, EdgeWatch } from './stack/tcp/invariants.ts';

/** The textbook's TCP: what a conversation is about it says itself. */
const PLAIN: Partial<TcpOptions> = { timestamps: false, windowScale: false, sack: false, congestionControl: 'reno' };
export const OURS = ipv4('10.0.0.1');
export const PEER = ipv4('10.0.0.2');
export const OUR_PORT = 80;
export const PEER_PORT = 7000;
/** Both initial sequence numbers, so close to 2^32 that a few segments of text cross it. */
export const ISN: Seq = seq(-150);

const FLAG_NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];
const flagNames = (flags: number): string => FLAG_NAMES.filter((_, bit) => flags & (1 << bit)).join(' ') || 'no flags';

export interface Said {
  readonly seq?: number;
  readonly ack?: number;
  /** As on the wire, unscaled. */
  readonly window?: number;
  /** Length of the text. */
  readonly payload?: number;
  /** The urgent pointer. */
  readonly urgent?: number;
  /** The ECN field of the IP header: 0 not ECN-capable, 2 ECT(0), 1 ECT(1), 3 congestion experienced. @default 0 in what the peer says */
  readonly ecn?: number;
  readonly mss?: number;
  readonly windowShift?: number;
  /** Value and echo; `none`: leave them out although agreed. */
  readonly timestamps?: readonly [number, number] | 'none';
  readonly sackPermitted?: boolean;
  /** The cookie of Fast Open in hexadecimal digits; empty: a request for one. */
  readonly cookie?: string;
  /** Option of RFC 5482, in seconds; 0: absent. */
  readonly userTimeout?: number;
  /** Blocks `[left, right)` of RFC 2018, relative to the initial number of whoever receives them: the text they speak of. */
  readonly sack?: readonly (readonly [number, number])[];
}

export interface Expected extends Omit<Said, 'timestamps'> {
  readonly reason?: string;
  /** What our segment echoes of the peer's clock. */
  readonly tsEcho?: number;
  readonly hasTimestamps?: boolean;
  /** Payload of each frame when it is a burst that the device cuts. */
  readonly gsoSize?: number;
}

export interface Setting {
  readonly tcp?: Partial<TcpOptions>;
  readonly backlog?: number;
  readonly mtu?: number;
  readonly gsoMaxSize?: number;
  /** What the peer's SYN carries in `establish`. */
  readonly peer?: Said;
  /** How long nothing may follow the conversation; 0: it ends in the middle of something, on purpose. @default 10 s */
  readonly silence?: Micros;
}

interface Outgoing {
  readonly at: Micros;
  readonly segment: Segment;
  readonly bytes: Uint8Array;
}

const blocksOf = ({ sackCount, sackEdges }: Segment, origin: Seq): [number, number][] =>
  Array.from({ length: sackCount }, (_, i) => [diff(seq(sackEdges[2 * i]!), origin), diff(seq(sackEdges[2 * i + 1]!), origin)]);

const cookieOf = ({ fastOpen }: Segment): string | undefined => fastOpen && Buffer.from(fastOpen.cookie).toString('hex');

/** A mismatch between what was expected and what happened, with the conversation so far. */
export class Misunderstanding extends Error {
  override readonly name = 'Misunderstanding';
}

export class Conversation {
  readonly tcp: Tcp;
  readonly peer: PeerSide;
  readonly app: AppSide;
  readonly deadlines: Deadlines = new Deadlines();
  readonly setting: Setting;
  readonly story: string[] = [];
  readonly outgoing: Outgoing[] = [];
  readonly begun: Micros;
  now: Micros;
  /** How often TCP has told IP that nothing comes back. */
  doubts = 0;
  listener: Listener | undefined = undefined;
  held: Connection | undefined = undefined;
  /** Our initial sequence number as the peer has seen it. */
  iss: Seq = ISN;
  readonly #edges = new EdgeWatch();
  readonly #out = new TcpOutput();

  constructor(setting: Setting = {}) {
    this.setting = setting;
    const { mtu = 1500, gsoMaxSize = 0 } = setting;
    const path: Path = { source: OURS, interfaceMtu: mtu, pathMtu: mtu, gsoMaxSize };
    const host = { path: (): Path => path, doubt: () => void this.doubts++, wake: () => {} };
    this.tcp = new Tcp(host, this.deadlines, new SeededRandom(1), { ...PLAIN, ...setting.tcp });
    // the clock of RFC 6528 decides our initial number: begin at the moment when it shows the one we want
    const id = { local: OURS, localPort: OUR_PORT, remote: PEER, remotePort: PEER_PORT };
    const origin = new IsnGenerator(new SeededRandom(1)).next(id, 0);
    this.begun = (diff(ISN, origin) >>> 0) * 4;
    this.now = this.begun;
    this.peer = new PeerSide(this);
    this.app = new AppSide(this);
  }

  /** The connection: the first that came to be, also when it is over. */
  get connection(): Connection {
    this.held ??= [...this.tcp.connections()][0];
    if (this.held === undefined) throw new Misunderstanding('there is no connection yet');
    return this.held;
  }

  get state(): State {
    return this.connection.state;
  }

  /** OPEN, passive. */
  listens(options: ListenOptions = {}): Listener {
    const { backlog } = this.setting;
    this.listener = this.tcp.listen(OUR_PORT, backlog === undefined ? options : { backlog, ...options });
    return this.listener;
  }

  /** OPEN, active: the SYN is out when this returns. */
  connects(options: ConnectOptions = {}): Connection {
    this.held = this.tcp.connect(PEER, PEER_PORT, this.now, { localPort: OUR_PORT, ...options });
    this.drain();
    return this.held;
  }

  /** A passive open, over before the first line of the test; the setting's `peer` says what the peer's SYN carries. */
  establish(): void {
    if (this.listener === undefined) this.listens();
    const { payload: _, ...syn } = { mss: 1000, window: 65_535, ...this.setting.peer };
    this.peer.sends(SYN, { seq: 0, ...syn });
    this.peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    this.peer.sends(ACK, { seq: 1, ack: 1 });
    this.is('ESTABLISHED');
    this.connection.app.takeEvents();
  }

  is(state: State): void {
    if (this.state !== state) this.fail(`expected the state ${state}, it is ${this.state}`);
  }

  /** Lets time pass from deadline to deadline; what is sent on the way waits to be expected. */
  passes(duration: Micros, untilOutput = false): void {
    const target = this.now + duration;
    while (this.deadlines.next() <= target) {
      this.now = Math.max(this.now, this.deadlines.next());
      this.deadlines.runDue(this.now);
      this.drain();
      if (untilOutput && this.outgoing.length > 0) return;
    }
    this.now = target;
  }

  /** Everything that can be sent now is sent. */
  drain(): void {
    for (let packet = new Packet(); this.tcp.pollTransmit(packet, this.#out, this.now); packet = new Packet()) {
      packet.linearize();
      const segment = new Segment();
      wire.decode(packet.view, packet.transport, packet.end, segment);
      segment.reason = packet.note;
      segment.ecn = this.#out.trafficClass & 3;
      segment.gsoSize = packet.gsoSize;
      if (segment.has(SYN)) this.iss = segment.seq;
      this.outgoing.push({ at: this.now, segment, bytes: packet.bytes });
      this.tell(`we:   ${this.line(segment, false)}${segment.reason === '' ? '' : `   [${segment.reason}]`}`);
      const shift = this.held?.agreement.receiveShift ?? 0;
      const moved = this.#edges.sees(segment, shift);
      if (moved !== undefined) this.fail(moved);
    }
    this.tcp.notifyOwners();
    this.held ??= [...this.tcp.connections()][0];
    if (this.held !== undefined) {
      const broken = checkInvariants(this.held);
      if (broken !== undefined) this.fail(`invariant: ${broken}`);
    }
  }

  /** Nothing is left unsaid, and nothing is said for a while. */
  ends(): void {
    const { silence = 10 * SECOND } = this.setting;
    if (silence === 0) {
      this.outgoing.length = 0;
      return;
    }
    this.peer.expectsSilence();
    this.passes(silence);
    if (this.outgoing.length > 0) this.fail('the conversation should have ended in silence');
  }

  line(segment: Segment, fromPeer: boolean): string {
    const own = diff(segment.seq, fromPeer ? ISN : this.iss);
    const end = own + segment.payloadLength;
    const ack = segment.has(ACK) ? ` ack ${diff(segment.ack, fromPeer ? this.iss : ISN)}` : '';
    const options = [
      segment.mss > 0 ? `mss ${segment.mss}` : '',
      segment.windowShift >= 0 ? `shift ${segment.windowShift}` : '',
      segment.sackPermitted ? 'sackOK' : '',
      segment.fastOpen === undefined ? '' : `fast open ${cookieOf(segment)}`,
      segment.hasTimestamps ? `ts ${segment.tsValue}/${segment.tsEcho}` : '',
      ...blocksOf(segment, fromPeer ? this.iss : ISN).map(([left, right]) => `sack ${left}:${right}`),
    ].filter((option) => option !== '');
    const text = options.length === 0 ? '' : ` <${options.join(', ')}>`;
    const mark = ['', ' ECT(1)', ' ECT(0)', ' CE'][segment.ecn] ?? '';
    return `${flagNames(segment.flags)}${mark} ${own}:${end}(${segment.payloadLength})${ack} win ${segment.window}${text}`;
  }

  tell(what: string): void {
    const time = ((this.now - this.begun) / SECOND).toFixed(6).padStart(12);
    this.story.push(`${time} s  ${what}`);
  }

  fail(what: string): never {
    throw new Misunderstanding(what);
  }
}

class PeerSide {
  /** The next number the peer will use, and the highest it has expected of ours: what `sends` takes when nothing is said. */
  nxt = 0;
  seen = 0;
  window = 65_535;
  /** Value of our clock last seen, for the echo. */
  #tsSeen = 0;
  readonly #talk: Conversation;

  constructor(talk: Conversation) {
    this.#talk = talk;
  }

  /** A segment arrives from the peer. @returns why we did not accept it */
  sends(flags: number, said: Said = {}): TcpDrop | undefined {
    const verdict = this.slips(flags, said);
    this.#talk.drain();
    return verdict;
  }

  /** The same, in one batch with what follows: our side answers when the batch is over. */
  slips(flags: number, said: Said = {}): TcpDrop | undefined {
    const talk = this.#talk;
    const segment = this.#segment(flags, said);
    const packet = new Packet();
    const place = diff(segment.seq, ISN) + (flags & SYN ? 1 : 0);
    packet.append(Uint8Array.from({ length: said.payload ?? 0 }, (_, i) => pattern(place + i)));
    const at = packet.prepend(wire.encodedLength(segment));
    wire.encode(packet.view, at, segment);
    wire.writeChecksum(packet.view, at, packet.end, PEER.w3, OURS.w3);
    segment.payloadLength = said.payload ?? 0;
    segment.ecn = said.ecn ?? 0;
    talk.tell(`peer: ${talk.line(segment, true)}`);
    const end = diff(segment.seq, ISN) + segment.length;
    if (end > this.nxt) this.nxt = end;
    const verdict = talk.tcp.onSegment(packet, at, packet.end, PEER.w3, OURS.w3, talk.now, said.ecn);
    if (verdict !== undefined) talk.tell(`      (${verdict})`);
    return verdict;
  }

  /** The next thing that we have sent. */
  expects(flags: number, expected: Expected = {}): Segment {
    const talk = this.#talk;
    const next = talk.outgoing.shift();
    if (next === undefined) return talk.fail(`expected ${flagNames(flags)} ${JSON.stringify(expected)}, nothing was sent`);
    const { segment, bytes } = next;
    const actual: Record<string, unknown> = {
      ...segment,
      flags: flagNames(segment.flags),
      seq: diff(segment.seq, talk.iss),
      ack: diff(segment.ack, ISN),
      payload: segment.payloadLength,
      sack: JSON.stringify(blocksOf(segment, ISN)),
      cookie: cookieOf(segment),
    };
    const { payload = 0, sack, ...rest } = expected;
    const blocks = sack === undefined ? {} : { sack: JSON.stringify(sack) };
    for (const [name, value] of Object.entries({ flags: flagNames(flags), payload, ...rest, ...blocks }))
      if (actual[name] !== value)
        talk.fail(`expected ${name} ${String(value)}, got ${String(actual[name])} in: ${talk.line(segment, false)}`);
    this.#checkText(segment, bytes);
    this.seen = Math.max(this.seen, diff(segment.seq, talk.iss) + segment.length);
    if (segment.hasTimestamps) this.#tsSeen = segment.tsValue;
    return segment;
  }

  /** Nothing is sent for so long, and then this. */
  expectsAfter(time: Micros, flags: number, expected: Expected = {}): Segment {
    const talk = this.#talk;
    this.expectsSilence();
    const begun = talk.now;
    talk.passes(time, true);
    const next = talk.outgoing[0];
    if (next !== undefined && next.at !== begun + time)
      talk.fail(`expected ${flagNames(flags)} after ${time} us, it came after ${next.at - begun}`);
    return this.expects(flags, expected);
  }

  /** Time passes; what is sent meanwhile is still to be expected. */
  waits(time: Micros): void {
    this.#talk.passes(time);
  }

  /** Nothing has been sent, and nothing is for so long. */
  expectsSilence(time: Micros = 0): void {
    const talk = this.#talk;
    if (time > 0) talk.passes(time);
    const next = talk.outgoing[0];
    if (next !== undefined) talk.fail(`expected silence, not: ${talk.line(next.segment, false)}`);
  }

  /** All text up to `to` in full-sized segments of `size`, for tests that are about something else. */
  takes(to: number, size: number): void {
    while (this.seen < to) {
      const payload = Math.min(size, to - this.seen);
      const pushes = this.seen + payload === this.#talk.app.written ? PSH : 0;
      this.expects(ACK | pushes, { seq: this.seen, payload });
    }
  }

  #segment(flags: number, said: Said): Segment {
    const talk = this.#talk;
    const segment = new Segment();
    segment.sourcePort = PEER_PORT;
    segment.destinationPort = OUR_PORT;
    segment.flags = flags;
    segment.seq = add(ISN, said.seq ?? this.nxt);
    segment.ack = flags & ACK ? add(talk.iss, said.ack ?? this.seen) : seq(0);
    this.window = said.window ?? this.window;
    segment.window = this.window;
    segment.urgent = said.urgent ?? 0;
    segment.mss = said.mss ?? 0;
    segment.windowShift = said.windowShift ?? -1;
    segment.sackPermitted = said.sackPermitted ?? false;
    segment.userTimeout = said.userTimeout ?? 0;
    if (said.cookie !== undefined) segment.fastOpen = { cookie: Buffer.from(said.cookie, 'hex'), experimental: false };
    for (const [left, right] of said.sack ?? []) {
      segment.sackEdges[2 * segment.sackCount] = add(talk.iss, left);
      segment.sackEdges[2 * segment.sackCount + 1] = add(talk.iss, right);
      segment.sackCount++;
    }
    const agreed = talk.held?.timestamps.enabled === true && said.timestamps !== 'none';
    const stamps =
      typeof said.timestamps === 'object' ? said.timestamps : agreed ? ([this.#clock(), this.#tsSeen] as const) : undefined;
    if (stamps !== undefined) {
      segment.hasTimestamps = true;
      segment.tsValue = stamps[0];
      segment.tsEcho = stamps[1];
    }
    return segment;
  }

  /** The peer's own clock in milliseconds; it begins at 1000. */
  #clock(): number {
    return 1000 + Math.floor((this.#talk.now - this.#talk.begun) / 1000);
  }

  #checkText(segment: Segment, bytes: Uint8Array): void {
    const talk = this.#talk;
    const place = diff(segment.seq, talk.iss) + (segment.has(SYN) ? 1 : 0);
    for (let i = 0; i < segment.payloadLength; i++)
      if (bytes[segment.payloadAt + i] !== pattern(place + i)) talk.fail(`the byte at ${place + i} is wrong`);
  }
}

/** The body of a test: runs it, insists on silence at the end, and tells the story when something went wrong. */
export function conversation(setting: Setting, body: (talk: Conversation) => void): () => void {
  return () => {
    const talk = new Conversation(setting);
    try {
      body(talk);
      talk.ends();
    } catch (error) {
      if (error instanceof Error) error.message = `${error.message}\n\n${talk.story.join('\n')}\n`;
      throw error;
    }
  };
}

/** The same, with a connection that is established already by a passive open: both sides' next number is 1. */
export const established = (setting: Setting, body: (talk: Conversation) => void): (() => void) =>
  conversation(setting, (talk) => {
    talk.establish();
    body(talk);
  });
