/** An ARP cache in a test: what goes in and comes out, as lines of text. */
import { Packet } from '../../../src/stack/bytes/packet.ts';
import type { ArpDrop, ArpOptions } from '../../../src/stack/link/arp-cache.ts';
import { ArpCache, ArpEvent, ArpTransmit } from '../../../src/stack/link/arp-cache.ts';
import { Waited } from '../../../src/stack/link/waiting-room.ts';
import type { Micros } from '../../../src/stack/time.ts';
import { NEVER, SECOND } from '../../../src/stack/time.ts';
import * as arp from '../../../src/stack/wire/arp.ts';
import { formatV4, parseV4 } from '../../../src/stack/wire/ip-address.ts';
import * as mac from '../../../src/stack/wire/mac-address.ts';

export const word = (text: string): number => {
  const parsed = parseV4(text);
  if (parsed === undefined) throw new Error(`bad address in a test: ${text}`);
  return parsed;
};

/** The station with this number: 02:00:00:00:00:NN. */
export const station = (n: number): mac.MacAddress => (0x0200_0000_0000 + n) as mac.MacAddress;
export const US: mac.MacAddress = station(1);
export const OUR_IP = '10.0.0.1';

const nameOf = (address: mac.MacAddress): string => {
  if (address === mac.BROADCAST) return 'all';
  return address >= station(0) ? `s${address - station(0)}` : mac.format(address);
};

export interface ArpSpec {
  readonly operation?: number;
  readonly from: mac.MacAddress;
  readonly sender: string;
  readonly target: string;
}

export class ArpConversation {
  readonly cache: ArpCache;
  now: Micros = 0;

  constructor(options: Partial<ArpOptions> = {}) {
    this.cache = new ArpCache(US, options);
    this.cache.addAddress(word(OUR_IP));
  }

  /** Another station says something. */
  hear({ operation = arp.REQUEST, from, sender, target }: ArpSpec): 'ok' | ArpDrop {
    const view = new DataView(new ArrayBuffer(arp.LENGTH));
    arp.encode(view, 0, { operation, senderMac: from, senderIp: word(sender), targetMac: mac.ZERO, targetIp: word(target) });
    return this.cache.onArp(view, 0, arp.LENGTH, this.now);
  }

  /** A station answers our request. */
  answer(sender: string, from: mac.MacAddress): 'ok' | ArpDrop {
    return this.hear({ operation: arp.REPLY, from, sender, target: OUR_IP });
  }

  resolve(address: string): string {
    const found = this.cache.resolve(word(address), this.now);
    return found === undefined ? 'unknown' : nameOf(found);
  }

  /** Hands in a packet of `length` bytes that all are `mark`. */
  hold(address: string, mark: number, length = 20): boolean {
    const packet = new Packet();
    packet.append(new Uint8Array(length).fill(mark));
    const kept = this.cache.hold(word(address), packet, this.now);
    packet.bytes.fill(0xee); // it was only borrowed
    return kept;
  }

  /** Everything that is to be sent now, as `destination: who-has address tell sender`. */
  sent(): string[] {
    const lines: string[] = [];
    for (let out = new ArpTransmit(); this.cache.pollTransmit(out); out = new ArpTransmit()) {
      const what =
        out.operation === arp.REQUEST
          ? `who-has ${formatV4(out.targetIp)} tell ${formatV4(out.senderIp)}`
          : `${formatV4(out.senderIp)} is-at ${nameOf(out.senderMac)} to ${formatV4(out.targetIp)}/${nameOf(out.targetMac)}`;
      lines.push(`${nameOf(out.destination)}: ${what}`);
    }
    return lines;
  }

  /** The marks of the packets that can go, each with whom it goes to. */
  released(): string[] {
    return this.#drain((out) => this.cache.pollReleased(out));
  }

  failed(): string[] {
    return this.#drain((out) => this.cache.pollFailed(out));
  }

  events(): string[] {
    const lines: string[] = [];
    for (let out = new ArpEvent(); this.cache.pollEvent(out); out = new ArpEvent()) {
      lines.push(`${out.kind}: ${formatV4(out.address)}${out.mac === mac.ZERO ? '' : ` by ${nameOf(out.mac)}`}`);
    }
    return lines;
  }

  /** `address state` of every entry. */
  entries(): string[] {
    return this.cache.entries(this.now).map(({ address, state }) => `${formatV4(address)} ${state}`);
  }

  advance(duration: Micros): void {
    this.now += duration;
    this.cache.onTimeout(this.now);
  }

  /** Lets time pass from deadline to deadline until there is none: what was sent, with the second it was sent in. */
  untilSilence(limit = 100): string[] {
    const lines = this.sent().map((line) => `${this.now / SECOND} ${line}`);
    for (let step = 0; this.cache.nextTimeout() !== NEVER; step++) {
      if (step === limit) throw new Error(`no silence after ${limit} deadlines`);
      this.now = Math.max(this.now, this.cache.nextTimeout());
      this.cache.onTimeout(this.now);
      lines.push(...this.sent().map((line) => `${this.now / SECOND} ${line}`));
    }
    return lines;
  }

  #drain(poll: (out: Waited) => boolean): string[] {
    const lines: string[] = [];
    for (let out = new Waited(); poll(out); out = new Waited()) {
      const bytes = out.packet!.live();
      lines.push(`${new Set(bytes).size === 1 ? bytes[0] : 'damaged'} ${nameOf(out.mac)}`);
    }
    return lines;
  }
}
