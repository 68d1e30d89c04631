/** A wire of hand-made frames for faults by meaning: frames go by, and what a rule makes of each is written down. */
import { faultsByMeaning } from '../../../src/lab/by-meaning/plan.ts';
import type { FaultRule } from '../../../src/lab/by-meaning/verbs.ts';
import type { WireEnds } from '../../../src/lab/by-meaning/wire.ts';
import type { Direction, Fault } from '../../../src/lab/faults.ts';
import type { Packet } from '../../../src/stack/bytes/packet.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, B, type TcpOptions, tcpPacket } from '../../capture/frames.ts';

export const ENDS: WireEnds = { transmit: 'alice', receive: 'bob' };

/** A frame that goes by. */
export interface Passing {
  readonly packet: Packet;
  readonly direction: Direction;
  readonly at?: number;
}

/** What the rules say about each frame. */
export function faultsOf(rules: readonly FaultRule[], passing: readonly Passing[], ends: WireEnds = ENDS): Fault[] {
  const { script } = faultsByMeaning(ends, rules);
  return passing.map(({ packet, direction, at = 0 }, i) => script?.(i + 1, direction, packet, at) ?? 'pass');
}

/** Which frames are hit, counted from 1. */
export const hits = (rules: readonly FaultRule[], passing: readonly Passing[], ends?: WireEnds): number[] =>
  faultsOf(rules, passing, ends).flatMap((fault, i) => (fault === 'pass' ? [] : [i + 1]));

const ALICE = 43_210;
const BOB = 80;

/** Segments of one connection between alice's port and bob's; text is given by its place in the stream, which begins at `isn` + 1. */
export class Talk {
  readonly #isn: number;
  readonly #port: number;
  readonly #server: number;

  constructor({ isn = 1000, port = ALICE, server = BOB }: { isn?: number; port?: number; server?: number } = {}) {
    this.#isn = isn;
    this.#port = port;
    this.#server = server;
  }

  alice(options: TcpOptions, at = 0): Passing {
    const ports = { sourcePort: this.#port, destinationPort: this.#server };
    return { packet: tcpPacket({ from: A, to: B, ...ports, ...options }), direction: 'transmit', at };
  }

  bob(options: TcpOptions, at = 0): Passing {
    const ports = { sourcePort: this.#server, destinationPort: this.#port };
    return { packet: tcpPacket({ from: B, to: A, ...ports, ...options }), direction: 'receive', at };
  }

  syn(): Passing {
    return this.alice({ flags: tcp.SYN, seq: this.#isn });
  }

  synAck(): Passing {
    return this.bob({ flags: tcp.SYN | tcp.ACK, seq: this.#isn, ack: this.#isn + 1 });
  }

  /** Alice's text from this place on. */
  text(offset: number, length = 100, at = 0): Passing {
    return this.alice({ seq: this.#isn + 1 + offset, payload: new Uint8Array(length).fill(7) }, at);
  }

  /** Bob's text. */
  answer(offset: number, length = 100, at = 0): Passing {
    return this.bob({ seq: this.#isn + 1 + offset, payload: new Uint8Array(length).fill(9) }, at);
  }

  fin(offset: number): Passing {
    return this.alice({ flags: tcp.FIN | tcp.ACK, seq: this.#isn + 1 + offset });
  }

  ack(offset: number): Passing {
    return this.bob({ ack: this.#isn + 1 + offset });
  }
}
