/** The cable of a script: an in-memory point-to-point device that speaks IP to the script and answers ARP by itself. */
import { Fifo } from '../../stack/bytes/fifo.ts';
import type { Packet } from '../../stack/bytes/packet.ts';
import type { LinkDevice, Offload } from '../../stack/device.ts';
import { NO_OFFLOAD } from '../../stack/device.ts';
import * as arp from '../../stack/wire/arp.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';

export const HOST_MAC = 0x0200_0000_0001 as MacAddress;
export const PEER_MAC = 0x0200_0000_0002 as MacAddress;

export class ScriptLink implements LinkDevice {
  mtu: number;
  readonly offload: Offload = NO_OFFLOAD;
  /** Told of every IP packet that the stack sends: a copy, and why it was sent. */
  onPacket: (bytes: Uint8Array, note: string) => void = () => {};
  readonly #incoming = new Fifo<Uint8Array>();

  constructor(mtu: number) {
    this.mtu = mtu;
  }

  /** True when the stack has frames to take: its own ARP has been answered, or a packet was injected. */
  get hasInput(): boolean {
    return this.#incoming.length > 0;
  }

  inject(packet: Uint8Array): void {
    const frame = new Uint8Array(ethernet.HEADER + packet.length);
    ethernet.encode(new DataView(frame.buffer), 0, HOST_MAC, PEER_MAC, ethernet.TYPE_IPV4);
    frame.set(packet, ethernet.HEADER);
    this.#incoming.push(frame);
  }

  transmit(packet: Packet): boolean {
    const { view, start, bytes } = packet;
    const at = start + ethernet.HEADER;
    if (ethernet.etherType(view, start) === ethernet.TYPE_ARP) this.#answer(view, at);
    // Ethernet pads short frames: the packet's own length counts
    else this.onPacket(bytes.slice(at, Math.min(at + ipv4.totalLength(view, at), packet.end)), packet.note);
    return true;
  }

  receive(into: Packet): boolean {
    const frame = this.#incoming.shift();
    if (frame === undefined) return false;
    into.append(frame);
    into.clearOffload();
    return true;
  }

  /** Whoever is asked for, it is the peer; nobody but the stack itself has its address. */
  #answer(view: DataView, at: number): void {
    const asksForItself = arp.targetIp(view, at) === arp.senderIp(view, at);
    if (arp.operation(view, at) !== arp.REQUEST || asksForItself) return;
    const frame = new Uint8Array(ethernet.HEADER + arp.LENGTH);
    const out = new DataView(frame.buffer);
    ethernet.encode(out, 0, HOST_MAC, PEER_MAC, ethernet.TYPE_ARP);
    arp.encode(out, ethernet.HEADER, {
      operation: arp.REPLY,
      senderMac: PEER_MAC,
      senderIp: arp.targetIp(view, at),
      targetMac: HOST_MAC,
      targetIp: arp.senderIp(view, at),
    });
    this.#incoming.push(frame);
  }
}
