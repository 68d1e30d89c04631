/** What the stack needs of a link: frames out, frames in, and what the hardware does for us. */
import type { Packet } from './bytes/packet.ts';

/** Work that a device takes over from the stack. */
export interface Offload {
  /** The device fills in the transport checksum where `Packet.checksumStart` asks for it. */
  readonly checksum: boolean;
  /** The longest IPv4 packet that the device cuts into MTU-sized TCP segments itself; 0: it cuts none. */
  readonly gsoMaxSize: number;
  /** The longest IPv4 packet that the device cuts into UDP datagrams of one size itself; 0: it cuts none. */
  readonly usoMaxSize: number;
}

export const NO_OFFLOAD: Offload = { checksum: false, gsoMaxSize: 0, usoMaxSize: 0 };

/** One end of an Ethernet link. It never calls the stack: whoever owns both moves the frames. */
export interface LinkDevice {
  /** The longest network-layer packet in bytes, without the Ethernet header. */
  readonly mtu: number;
  readonly offload: Offload;
  /**
   * Sends the frame in `packet[start, end)` and, of a super-segment, what is lent behind it. The packet is borrowed for the
   * call: a device that must keep it copies it.
   * @returns false when the queue is full; the caller still owns the frame and may try again
   */
  transmit(packet: Packet): boolean;
  /**
   * Fills `into` with the next frame that arrived, from `into.start` on, and sets its offload state.
   * @returns false when there is none
   */
  receive(into: Packet): boolean;
}
