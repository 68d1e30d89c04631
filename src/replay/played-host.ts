/** The stack in the place of the recorded host: its clock, its end of the cable, and its neighbours. */
import { SeededRandom } from '../stack/random.ts';
import { Stack } from '../stack/stack.ts';
import type { TcpOptions } from '../stack/tcp/options.ts';
import type { Micros } from '../stack/time.ts';
import * as arp from '../stack/wire/arp.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import type { FedFrame } from './link.ts';
import { ReplayLink } from './link.ts';
import { Neighbours, PREFIX_LENGTH } from './neighbours.ts';
import type { Recording } from './recording.ts';

export interface PlayedHostOptions {
  readonly mtu: number;
  readonly tcp: Partial<TcpOptions>;
  /** Initial sequence numbers and ports of the stack come from it. */
  readonly seed: number;
  /** When the host came up, on the clock of the capture. */
  readonly boot: Micros;
}

/** So many runs at one moment are a stack that never settles. */
const MAX_RUNS = 100_000;

export class PlayedHost {
  readonly stack: Stack;
  /** Told of every frame that the stack sends: a copy, and why it was sent. */
  onFrame: (bytes: Uint8Array, note: string) => void = () => {};
  readonly #mac: MacAddress;
  readonly #link: ReplayLink;
  readonly #neighbours: Neighbours;
  #now: Micros;

  constructor(recording: Recording, { mtu, tcp, seed, boot }: PlayedHostOptions) {
    this.#mac = recording.hostMac;
    this.#now = boot;
    this.#link = new ReplayLink(mtu);
    this.#link.onFrame = (bytes, note) => this.onFrame(bytes, note);
    this.#neighbours = new Neighbours(recording);
    this.stack = new Stack({ random: new SeededRandom(seed), tcp, now: boot });
    const addresses = [`${formatV4(recording.host)}/${PREFIX_LENGTH}`];
    const { id } = this.stack.addInterface(this.#link, { mac: this.#mac, addresses });
    this.#neighbours.addRoutes(this.stack.routes, id);
  }

  get now(): Micros {
    return this.#now;
  }

  nextTimeout(): Micros {
    return Math.max(this.stack.nextTimeout(), this.#now);
  }

  /** Moves the clock, never back. */
  advance(to: Micros): void {
    this.#now = Math.max(this.#now, to);
  }

  feed(frame: FedFrame): void {
    this.#link.feed(frame);
  }

  /** Runs until there is nothing more to do at this moment. */
  run(): void {
    for (let i = 0; i < MAX_RUNS; i++) {
      this.stack.run(this.#now);
      if (!this.#link.hasInput && this.stack.nextTimeout() > this.#now) return;
    }
    throw new Error(`the stack does not come to rest at ${this.#now} µs`);
  }

  /** Answers a question of the stack's ARP that the capture has no answer to. @returns false: nobody has that address */
  answerArp(question: DataView, at: number): boolean {
    const target = arp.targetIp(question, at);
    const mac = this.#neighbours.macOf(target);
    if (mac === undefined) return false;
    const bytes = new Uint8Array(ethernet.HEADER + arp.LENGTH);
    const view = new DataView(bytes.buffer);
    ethernet.encode(view, 0, this.#mac, mac, ethernet.TYPE_ARP);
    const asker = { targetMac: this.#mac, targetIp: arp.senderIp(question, at) };
    arp.encode(view, ethernet.HEADER, { operation: arp.REPLY, senderMac: mac, senderIp: target, ...asker });
    this.#link.feed({ bytes, gsoSize: 0 });
    return true;
  }
}
