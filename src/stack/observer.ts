/** Who watches a whole host at work, frame by frame. One comparison is all that it costs when nobody does. */
import type { Packet } from './bytes/packet.ts';
import type { DropReason } from './host/counters.ts';
import type { NetworkInterface } from './host/interface.ts';
import type { Route } from './ip/route-table.ts';
import type { TcpObserver } from './tcp/observer.ts';
import type { Micros } from './time.ts';

export interface StackObserver extends TcpObserver {
  /** A frame was taken from a device, and nobody has looked at it yet. */
  frameArrives(packet: Packet, from: NetworkInterface, now: Micros): void;
  /** The host is done with the frame that arrived last: what it did to it is done. Called also when that went wrong. */
  frameDone(from: NetworkInterface, now: Micros): void;
  /** What arrived was dropped. @param rule the name of the rule that did it; empty when it was none */
  dropped(reason: DropReason, rule: string): void;
  /** A fragment was put with the others of its datagram. @param bytes of the datagram when it is whole; 0: some are missing */
  fragmentTaken(fragments: number, bytes: number): void;
  /** A router said that another one of this link is nearer, and was believed. Addresses are words. */
  redirected(destination: number, gateway: number): void;
  /** What arrived goes on to others. @param hop the neighbour that it is sent to, as a word */
  forwarded(route: Route, hop: number, to: NetworkInterface): void;
  /** A router said what the path takes. @param destination IPv4 address as a word */
  pathMtuLearnt(destination: number, mtu: number): void;
}
