/** A router that speaks RIP version 2, RFC 2453: tells its neighbours how far what is, and believes what they say. */
import type { InterfaceId, Prefix, ReceivedDatagram, Stack, UdpSocket } from '../../stack/index.ts';
import { fromV4, nextUnit, openUdp, SECOND } from '../../stack/index.ts';
import { nextDatagram } from '../next-datagram.ts';
import type { RipEntry, RipMessage } from './message.ts';
import { INFINITY_METRIC, MOST_ENTRIES, REQUEST_FOR_ALL, RIP_GROUP, RIP_PORT } from './message.ts';
import type { RipDrop, RipOptions } from './options.ts';
import { RIP_DROPS } from './options.ts';
import type { RipRoute } from './rip-route.ts';
import { entryFor } from './rip-route.ts';
import { RoutingTable } from './routing-table.ts';
import { decode, encode } from './wire.ts';

const INTERVAL = 30 * SECOND;
const JITTER = 5 * SECOND;
const TIMEOUT = 180 * SECOND;
const GARBAGE = 120 * SECOND;
const TRIGGER_PAUSE = [1 * SECOND, 5 * SECOND] as const;

export class Rip {
  /** What arrived and was not believed, by reason: messages, and entries of messages. */
  readonly drops: Readonly<Record<RipDrop, number>>;
  /** Messages sent, by why. */
  readonly sent = { requests: 0, answers: 0, regular: 0, triggered: 0 };
  readonly #drops = Object.fromEntries(RIP_DROPS.map((reason) => [reason, 0])) as Record<RipDrop, number>;
  readonly #stack: Stack;
  readonly #options: RipOptions;
  readonly #table: RoutingTable;
  readonly #socket: UdpSocket;
  readonly #leave: readonly (() => void)[];
  #cancelRegular: () => void = () => {};
  /** Between a triggered update and the next that may be: §3.10.1. */
  #cancelPause: (() => void) | undefined = undefined;

  /** @throws RangeError for a metric that no link has, UdpError when the port is taken */
  constructor(stack: Stack, options: RipOptions) {
    const { metric = 1, time, timeout = TIMEOUT, garbage = GARBAGE } = options;
    if (!(Number.isInteger(metric) && metric >= 1 && metric < INFINITY_METRIC))
      throw new RangeError(`the metric of a link is 1 to ${INFINITY_METRIC - 1}, not ${metric}`);
    this.drops = this.#drops;
    this.#stack = stack;
    this.#options = options;
    const onExpiry = (): void => this.#tellChanges();
    this.#table = new RoutingTable(stack, { time, timeout, garbage, metric, speaks: (id) => this.#speaks(id), onExpiry });
    this.#socket = openUdp(stack, { port: RIP_PORT, multicastTtl: 1 });
    this.#leave = this.#links().map((id) => stack.groups.join(RIP_GROUP, id));
    void this.#serve();
    for (const id of this.#links()) {
      this.#send(REQUEST_FOR_ALL, RIP_GROUP, RIP_PORT, id, 'request for all routes');
      this.sent.requests++;
    }
    this.#table.attach();
    this.#tellChanges();
    this.#schedule();
  }

  /** By network; those that are gone too, until they are forgotten. */
  get routes(): readonly RipRoute[] {
    return this.#table.list();
  }

  /** Speaks no more, and takes its routes out of the stack. Neighbours notice by time. */
  close(): void {
    this.#cancelRegular();
    this.#cancelPause?.();
    for (const leave of this.#leave) leave();
    this.#socket.close();
    this.#table.close();
  }

  async #serve(): Promise<void> {
    for (;;) {
      const datagram = await nextDatagram(this.#socket);
      if (datagram === undefined) return;
      const dropped = this.#receive(datagram);
      if (dropped !== undefined) this.#drops[dropped]++;
    }
  }

  /** §3.9. */
  #receive({ bytes, from, interfaceId }: ReceivedDatagram): RipDrop | undefined {
    if (!this.#speaks(interfaceId)) return 'not by an interface where RIP is spoken';
    const sender = from.address.w3;
    if (!this.#table.isNeighbour(sender, interfaceId)) return 'not from a neighbour';
    const decoded = decode(bytes);
    if (typeof decoded === 'string') return decoded;
    for (const fault of decoded.faults) this.#drops[fault]++;
    this.#table.attach();
    const { message } = decoded;
    if (message.command === 'request') return this.#answer(message, sender, from.port, interfaceId);
    if (from.port !== RIP_PORT) return 'response from another port than 520';
    const refused = message.entries.filter((entry) => !this.#table.learn(entry, sender, interfaceId)).length;
    this.#drops['routing table full'] += refused;
    this.#tellChanges();
    return undefined;
  }

  /** §3.9.1: who asks for all gets what an update would say on its link; who asks about networks gets what we know of them. */
  #answer({ wantsAll, entries }: RipMessage, to: number, port: number, interfaceId: InterfaceId): undefined {
    const known = (prefix: Prefix): number => this.#table.get(prefix)?.metric ?? INFINITY_METRIC;
    const said = wantsAll
      ? this.#entriesFor(interfaceId, this.#table.list())
      : entries.map((entry) => ({ ...entry, nextHop: 0, metric: known(entry.prefix) }));
    this.sent.answers += this.#say(said, to, port, interfaceId, 'answer to a request');
  }

  /** A regular update: everything, to everybody. */
  #update(): void {
    this.#table.attach();
    for (const id of this.#links())
      this.sent.regular += this.#say(this.#entriesFor(id, this.#table.list()), RIP_GROUP, RIP_PORT, id, 'regular update');
    this.#table.takeChanged();
    this.#schedule();
  }

  /** A triggered update, §3.10.1: what changed, now, or when the pause after the last one is over. */
  #tellChanges(): void {
    if (this.#options.triggeredUpdates === false || this.#cancelPause !== undefined) return;
    const changed = this.#table.takeChanged();
    if (changed.length === 0) return;
    for (const id of this.#links())
      this.sent.triggered += this.#say(this.#entriesFor(id, changed), RIP_GROUP, RIP_PORT, id, 'triggered update');
    const [from, to] = this.#options.triggerPause ?? TRIGGER_PAUSE;
    this.#cancelPause = this.#options.time.after(from + nextUnit(this.#options.random) * (to - from), () => {
      this.#cancelPause = undefined;
      this.#tellChanges();
    });
  }

  #schedule(): void {
    const { time, random, interval = INTERVAL, jitter = JITTER } = this.#options;
    this.#cancelRegular = time.after(interval + (2 * nextUnit(random) - 1) * Math.min(jitter, interval / 2), () =>
      this.#update(),
    );
  }

  #entriesFor(to: InterfaceId, routes: readonly RipRoute[]): RipEntry[] {
    return routes.flatMap((route) => entryFor(route, to, this.#options.horizon ?? 'poisoned reverse') ?? []);
  }

  /** In as many messages as it takes. @returns how many */
  #say(entries: readonly RipEntry[], to: number, port: number, interfaceId: InterfaceId, note: string): number {
    const count = Math.ceil(entries.length / MOST_ENTRIES);
    for (let i = 0; i < count; i++) {
      const some = entries.slice(i * MOST_ENTRIES, (i + 1) * MOST_ENTRIES);
      this.#send({ command: 'response', wantsAll: false, entries: some }, to, port, interfaceId, `${note}: ${words(some)}`);
    }
    return count;
  }

  #send(message: RipMessage, to: number, port: number, interfaceId: InterfaceId, note: string): void {
    this.#socket.sendNow(encode(message), { address: fromV4(to), port }, undefined, { interfaceId, note });
  }

  /** Interfaces without an address have nobody to speak for. */
  #links(): InterfaceId[] {
    return [...this.#stack.interfaces.keys()].filter((id) => this.#speaks(id) && this.#stack.addresses.hasAny(id));
  }

  #speaks(id: InterfaceId): boolean {
    return this.#stack.interfaces.has(id) && this.#options.interfaces?.includes(id) !== false;
  }
}

/** More entries than these are counted. */
const SHOWN = 4;

/** "10.1.0.0/24 in 2, 10.2.0.0/24 unreachable" */
function words(entries: readonly RipEntry[]): string {
  const shown = entries
    .slice(0, SHOWN)
    .map(({ prefix, metric }) => `${prefix} ${metric >= INFINITY_METRIC ? 'unreachable' : `in ${metric}`}`);
  return [...shown, ...(entries.length > SHOWN ? [`${entries.length - SHOWN} more`] : [])].join(', ');
}
