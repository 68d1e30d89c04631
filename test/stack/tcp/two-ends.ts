/** Two hosts and a bad wire between them, in virtual time: what the properties of the whole machine are tried on. */
import { Packet } from '../../../src/stack/bytes/packet.ts';
import { Deadlines } from '../../../src/stack/deadlines.ts';
import { chance, nextBelow, SeededRandom } from '../../../src/stack/random.ts';
import type { Connection, Path } from '../../../src/stack/tcp/connection.ts';
import type { TcpOptions } from '../../../src/stack/tcp/options.ts';
import { Tcp } from '../../../src/stack/tcp/tcp.ts';
import { TcpOutput } from '../../../src/stack/tcp/tcp-output.ts';
import type { Micros } from '../../../src/stack/time.ts';
import { MILLISECOND, NEVER } from '../../../src/stack/time.ts';
import type { IpAddress } from '../../../src/stack/wire/ip-address.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import type { Seq } from '../../../src/stack/wire/seq.ts';
import { add, after, max } from '../../../src/stack/wire/seq.ts';
import * as wire from '../../../src/stack/wire/tcp.ts';
import { ACK, RST, Segment, SYN } from '../../../src/stack/wire/tcp.ts';
import { checkInvariants, EdgeWatch } from './invariants.ts';

export interface Wire {
  /** Probabilities. */
  readonly loss: number;
  readonly duplication: number;
  /** One way, and how much more it may be for a packet: more than between two packets reorders them. */
  readonly delay: Micros;
  readonly jitter: Micros;
  /** Nothing is lost any more after this moment, so that every story has an end. */
  readonly calmAt: Micros;
}

interface Flying {
  readonly to: End;
  readonly at: Micros;
  readonly order: number;
  readonly packet: Packet;
  readonly from: IpAddress;
}

/** What one application does: so many bytes, in portions of random size with pauses. */
export interface Habit {
  readonly total: number;
  readonly writeAtMost: number;
  readonly readAtMost: number;
  readonly pauseAtMost: Micros;
}

export class End {
  readonly tcp: Tcp;
  readonly deadlines = new Deadlines();
  readonly address: IpAddress;
  readonly received: number[] = [];
  readonly edges = new EdgeWatch();
  connection: Connection | undefined = undefined;
  written = 0;
  closed = false;
  readonly habit: Habit;
  actsAt: Micros = 0;
  /** The right edge that the other end has been offered by the packets that arrived there. */
  offered: Seq | undefined = undefined;

  constructor(address: string, habit: Habit, path: Path, random: SeededRandom, options: Partial<TcpOptions>) {
    this.address = ipv4(address);
    this.habit = habit;
    this.tcp = new Tcp({ path: () => path, doubt: () => {}, wake: () => {} }, this.deadlines, random, options);
  }
}

export class TwoEnds {
  readonly random: SeededRandom;
  readonly wire: Wire;
  readonly a: End;
  readonly b: End;
  now: Micros = 0;
  #flying: Flying[] = [];
  #order = 0;
  readonly #out = new TcpOutput();

  constructor(
    seed: number,
    wire: Wire,
    habits: readonly [Habit, Habit],
    options: readonly [Partial<TcpOptions>, Partial<TcpOptions>],
    mtu: number,
  ) {
    this.random = new SeededRandom(seed);
    this.wire = wire;
    const path = (address: string): Path => ({ source: ipv4(address), interfaceMtu: mtu, pathMtu: mtu, gsoMaxSize: 0 });
    this.a = new End('10.0.0.1', habits[0], path('10.0.0.1'), this.random, options[0]);
    this.b = new End('10.0.0.2', habits[1], path('10.0.0.2'), this.random, options[1]);
    this.b.tcp.listen(80);
    this.a.connection = this.a.tcp.connect(this.b.address, 80, 0);
  }

  /** Runs until both applications have all they want and both connections are over, or nothing can happen any more. */
  run(limit: Micros): void {
    this.#drain(this.a);
    while (this.now <= limit && !(this.#isOver(this.a) && this.#isOver(this.b))) {
      const next = Math.min(
        this.a.deadlines.next(),
        this.b.deadlines.next(),
        this.#flying[0]?.at ?? NEVER,
        this.a.actsAt,
        this.b.actsAt,
      );
      if (next === NEVER) throw new Error(`nothing can happen any more: ${this.describe()}`);
      this.now = Math.max(this.now, next);
      this.#deliver();
      for (const end of [this.a, this.b]) {
        end.deadlines.runDue(this.now);
        if (end.actsAt <= this.now) this.#act(end);
        this.#drain(end);
      }
    }
  }

  describe(): string {
    const of = ({ connection, received, written, habit }: End): string =>
      `${connection?.state ?? 'no connection'} ${connection?.app.failure ?? ''} wrote ${written}/${habit.total} received ${received.length}`;
    return `at ${this.now}: ${of(this.a)}; ${of(this.b)}`;
  }

  #isOver({ connection, closed }: End): boolean {
    return closed && connection?.isAtEnd === true && (connection?.state === 'CLOSED' || connection?.state === 'TIME-WAIT');
  }

  #act(end: End): void {
    const { habit, tcp } = end;
    end.connection ??= [...tcp.connections()][0];
    end.actsAt = this.now + 1 + nextBelow(this.random, habit.pauseAtMost);
    const tcb = end.connection;
    if (tcb === undefined) return;
    if (end.written < habit.total) {
      const size = Math.min(1 + nextBelow(this.random, habit.writeAtMost), habit.total - end.written);
      const first = end.written;
      end.written += tcb.send(Uint8Array.from({ length: size }, (_, i) => byteAt(first + i)));
    } else if (!end.closed && tcb.state !== 'SYN-SENT' && tcb.state !== 'SYN-RECEIVED') {
      tcb.closeWrite();
      end.closed = true;
    }
    const into = new Uint8Array(1 + nextBelow(this.random, habit.readAtMost));
    const count = tcb.receive(into);
    for (let i = 0; i < count; i++) end.received.push(into[i]!);
    if (tcb.isAtEnd && end.closed) end.actsAt = NEVER;
  }

  #deliver(): void {
    while (this.#flying.length > 0 && this.#flying[0]!.at <= this.now) {
      const { to, packet, from } = this.#flying.shift()!;
      const segment = new Segment();
      wire.decode(packet.view, packet.transport, packet.end, segment);
      if (segment.has(ACK) && to.connection !== undefined) {
        const shift = segment.has(SYN) ? 0 : to.connection.agreement.sendShift;
        const edge = add(segment.ack, segment.window << shift);
        to.offered = to.offered === undefined ? edge : max(to.offered, edge);
      }
      to.tcp.onSegment(packet, packet.transport, packet.end, from.w3, to.address.w3, this.now);
      this.#check(to);
    }
  }

  #drain(end: End): void {
    for (let packet = new Packet(2048); end.tcp.pollTransmit(packet, this.#out, this.now); packet = new Packet(2048)) {
      wire.writeChecksum(packet.view, packet.transport, packet.end, this.#out.source, this.#out.destination);
      const segment = new Segment();
      wire.decode(packet.view, packet.transport, packet.end, segment);
      this.#checkOutgoing(end, segment);
      this.#send(end, packet);
    }
    end.connection ??= [...end.tcp.connections()][0];
    this.#check(end, true);
  }

  #send(from: End, packet: Packet): void {
    const { loss, duplication, delay, jitter, calmAt } = this.wire;
    const to = from === this.a ? this.b : this.a;
    const copies = chance(this.random, duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (chance(this.random, loss) && this.now < calmAt) continue;
      const at = this.now + delay + nextBelow(this.random, jitter + 1);
      this.#flying.push({ to, at, order: this.#order++, packet, from: from.address });
    }
    this.#flying.sort((x, y) => x.at - y.at || x.order - y.order);
  }

  #checkOutgoing(end: End, segment: Segment): void {
    const tcb = end.connection;
    if (tcb === undefined || segment.has(SYN | RST)) return;
    const moved = end.edges.sees(segment, tcb.agreement.receiveShift);
    if (moved !== undefined) throw new Error(`${moved}; ${this.describe()}`);
    // a window probe is one octet beyond
    const last = add(segment.seq, segment.length);
    if (segment.length > 1 && end.offered !== undefined && after(last, end.offered))
      throw new Error(`sent beyond the peer's window; ${this.describe()}`);
  }

  #check({ connection }: End, atRest = false): void {
    if (connection === undefined) return;
    if (after(connection.snd.una, connection.snd.nxt)) throw new Error('SND.UNA is after SND.NXT');
    const broken = atRest ? checkInvariants(connection) : undefined;
    if (broken !== undefined) throw new Error(`${broken}; ${this.describe()}`);
  }
}

/** The byte at a place of a stream, and whether a stream is whole and in order. */
const byteAt = (place: number): number => (place * 31 + (place >>> 8)) & 0xff;
export const isWhole = (bytes: readonly number[], total: number): boolean =>
  bytes.length === total && bytes.every((byte, place) => byte === byteAt(place));

export const QUIET: Wire = { loss: 0, duplication: 0, delay: 5 * MILLISECOND, jitter: 0, calmAt: 0 };
