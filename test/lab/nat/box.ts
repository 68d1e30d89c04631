/** A NAT without a host: packets are put through its hooks as a router would, and every checksum is looked at afterwards. */
import { expect } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import type { Dissected } from '../../../src/capture/dissect/dissected.ts';
import { describe } from '../../../src/capture/words/describe.ts';
import { Nat } from '../../../src/lab/nat/nat.ts';
import type { NatOptions } from '../../../src/lab/nat/options.ts';
import { Packet } from '../../../src/stack/bytes/packet.ts';
import type { NetworkInterface } from '../../../src/stack/host/interface.ts';
import { writeError } from '../../../src/stack/ip/icmp-errors.ts';
import { parsePrefix } from '../../../src/stack/ip/prefix.ts';
import type { Micros } from '../../../src/stack/time.ts';
import * as icmp from '../../../src/stack/wire/icmpv4.ts';
import { formatV4, parseV4 } from '../../../src/stack/wire/ip-address.ts';
import * as ipv4 from '../../../src/stack/wire/ipv4.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { bytesOf, icmpPacket, tcpPacket, udpPacket } from '../../capture/frames.ts';

export const PC = '192.168.1.10';
export const LAPTOP = '192.168.1.20';
export const OUT = '203.0.113.1';
export const WEB = '198.51.100.7';
export const DNS = '198.51.100.53';

const LAN = parsePrefix('192.168.0.0/16');
const port = (id: number, name: string): NetworkInterface => ({ id, name }) as NetworkInterface;
const [lan, wan] = [port(1, 'lan'), port(2, 'wan')];

export class Box {
  readonly nat: Nat;
  now: Micros = 0;
  /** What was said beside the last packet. */
  note = '';
  /** The last packet that came out. */
  last: Uint8Array = new Uint8Array(0);

  constructor(options: Partial<NatOptions> = {}) {
    this.nat = new Nat({ outside: 'wan', addresses: [OUT], ...options });
  }

  /** Something that a host inside sends. @returns how it leaves, or why it does not */
  sends(packet: Packet): string {
    return this.#through(packet, lan);
  }

  /** Something that arrives from outside. */
  gets(packet: Packet): string {
    return this.#through(packet, wan);
  }

  /** The rows of its table, each as one line. */
  rows(): string[] {
    return this.nat.table('r1', this.now).rows.map((row) => row.join(' | '));
  }

  #through(packet: Packet, from: NetworkInterface): string {
    packet.start = packet.network;
    const { hooks } = this.nat;
    const first = hooks.prerouting?.(packet, from, this.now) ?? '';
    if (first !== 'accept') return first;
    const destination = ipv4.destination(packet.view, packet.network);
    const to = LAN.contains(destination) ? lan : wan;
    const second = formatV4(destination) === OUT ? 'accept' : (hooks.postrouting?.(packet, to, this.now) ?? '');
    this.note = packet.note;
    packet.start = packet.network - 14;
    this.last = bytesOf(packet);
    return second === 'accept' ? sound(this.last) : second;
  }
}

/** The frame in words. Fails when one of its checksums is wrong. */
export function sound(frame: Uint8Array): string {
  const packet = dissect(frame);
  expect(checksumsOf(packet)).not.toContain('bad');
  return describe(packet);
}

function checksumsOf({ network, transport }: Dissected): string[] {
  const states = [network, transport].flatMap((layer) => (layer !== undefined && 'checksum' in layer ? [layer.checksum] : []));
  const quoted = transport?.kind === 'icmp' ? transport.quoted : undefined;
  return [...states, ...(quoted === undefined ? [] : [quoted.network, quoted.transport].flatMap(stateOf))] as string[];
}

const stateOf = (layer: unknown): string[] =>
  typeof layer === 'object' && layer !== null && 'checksum' in layer ? [String(layer.checksum)] : [];

interface Ends {
  readonly from?: string;
  readonly to?: string;
  readonly source?: number;
  readonly destination?: number;
  readonly ttl?: number;
}

const ends = ({ from = PC, to = WEB, source = 50_000, destination = 80, ttl = 64 }: Ends) => ({
  from,
  to,
  sourcePort: source,
  destinationPort: destination,
  ttl,
});

export const { SYN, ACK, FIN, RST } = tcp;
export const segment = (flags: number, who: Ends = {}, length = 0): Packet =>
  tcpPacket({ ...ends(who), flags, payload: new Uint8Array(length).fill(0x61) });
export const datagram = (who: Ends = {}, length = 12): Packet =>
  udpPacket(new Uint8Array(length).fill(0x62), ends({ destination: 53, ...who }));
export const echo = (who: Ends & { id?: number; reply?: boolean } = {}): Packet =>
  icmpPacket(who.reply === true ? 0 : 8, 0, (who.id ?? 7) * 0x1_0000 + 1, new Uint8Array(8), ends(who));

/** What `from` says of a packet that it got; the frame is an Ethernet one. */
export function errorAbout(frame: Uint8Array, from: string, type: number, code: number): Packet {
  const about = new Packet();
  about.append(frame);
  about.network = about.start + 14;
  const source = formatV4(ipv4.source(about.view, about.network));
  const message = new Packet();
  writeError(message, about, type, code);
  return icmpPacket(type, code, 0, message.live().slice(icmp.HEADER), { from, to: source });
}

export const wordOf = (dotted: string): number => parseV4(dotted)!;
