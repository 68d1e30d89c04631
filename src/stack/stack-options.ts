/** What a host is made with, and each of its interfaces. */
import type { ForwardingOptions } from './host/forward.ts';
import type { ErrorObserver } from './host/guard.ts';
import type { DropObserver } from './host/input.ts';
import type { PacketHooks } from './host/packet-hooks.ts';
import type { ArpOptions } from './link/arp-cache.ts';
import type { StackObserver } from './observer.ts';
import type { Random } from './random.ts';
import type { TcpOptions } from './tcp/options.ts';
import type { Micros } from './time.ts';
import type { MacAddress } from './wire/mac-address.ts';

export interface StackOptions {
  /** Numbers that must not be guessed: initial sequence numbers, ports, keys. In a lab: seeded ones. */
  readonly random: Random;
  /** Called when there is work outside of `run`: an application wrote, connected or closed. */
  readonly wake?: () => void;
  /** Told about every packet dropped on its way in. */
  readonly onDrop?: DropObserver;
  /** Watches the host at work. */
  readonly observer?: StackObserver | undefined;
  /**
   * Told what an application threw when the stack called it: an owner's `notify`, an echo listener, `onDrop`. The run goes on
   * as if it had not. @default `run` throws the first such error when everything else is done
   */
  readonly onError?: ErrorObserver;
  /**
   * Take packets that came by a source route, and answer on TCP by the way back (RFC 9293 §3.9.2.1). They let outsiders reach
   * what no route of theirs leads to: RFC 7126 §4.3 and §4.4 advise against it. @default false
   */
  readonly acceptSourceRoutes?: boolean;
  /** Take a router's word that another of the same link is nearer (RFC 1122 §3.2.2.2). @default true, and false when forwarding */
  readonly acceptRedirects?: boolean;
  /** Answer a ping to everybody, as RFC 1122 §3.2.2.6 allows and Smurf needs. @default false */
  readonly answerBroadcasts?: boolean;
  /** A host that forwards is a router. What it runs besides, it runs as any host. @default none: what is for others is dropped */
  readonly forwarding?: ForwardingOptions | undefined;
  /** Look at, change and drop packets on their way through. @default none */
  readonly hooks?: PacketHooks | undefined;
  /** Defaults for every connection. */
  readonly tcp?: Partial<TcpOptions>;
  /** The time at which the host comes up. @default 0 */
  readonly now?: Micros;
}

export interface InterfaceOptions {
  /** @default 'eth0', 'eth1', ... */
  readonly name?: string;
  readonly mac: MacAddress;
  /** Addresses with their prefix, such as 10.0.0.2/24; the first is the primary one. */
  readonly addresses: readonly string[];
  /** The router for everything that is not on the link. */
  readonly gateway?: string;
  readonly arp?: Partial<ArpOptions>;
  /** Tells the link at once that the addresses are its own (RFC 5227 §2.3). @default true */
  readonly announces?: boolean;
  /** Of a router: answers ARP for everybody who is reached by another interface (RFC 1027). @default false */
  readonly proxyArp?: boolean;
}
