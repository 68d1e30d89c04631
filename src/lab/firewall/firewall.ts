/**
 * A packet filter in the hooks of a host: rules with names, asked in their order, the first that means a packet decides. With its
 * memory for connections it lets pass what belongs to something that was let pass before, so that rules speak of beginnings only.
 */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { NetworkInterface } from '../../stack/host/interface.ts';
import { ACCEPT, type PacketHooks } from '../../stack/host/packet-hooks.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER } from '../../stack/time.ts';
import type { ConnectionState } from '../conntrack/connections.ts';
import { Connections } from '../conntrack/connections.ts';
import { Flow, protocolName, readFlow } from '../conntrack/flow.ts';
import type { TimeOuts } from '../conntrack/time-outs.ts';
import type { Table } from '../network/table.ts';
import type { FirewallHost } from './refusals.ts';
import { Refusals } from './refusals.ts';
import type { Action, Candidate, Chain, Rule } from './rule.ts';
import type { Counted } from './rules.ts';
import { Rules } from './rules.ts';
import { connectionTable, ruleTable } from './table.ts';

export interface FirewallOptions {
  /** In their order; a text is a line such as "allow tcp to 10.9.0.2 port 80,443 as web". */
  readonly rules?: readonly (string | Rule)[];
  /** What becomes of packets that no rule means. @default forward is dropped, input and output are accepted */
  readonly policy?: Partial<Readonly<Record<Chain, Action>>>;
  /**
   * Remembers connections: what belongs to one passes before any rule is asked, and what belongs to none and begins none is dropped
   * as "invalid". Without it every packet is judged by itself. @default true
   */
  readonly stateful?: boolean;
  readonly timeOuts?: Partial<TimeOuts>;
  /** Connections at once. @default 4096 */
  readonly maxConnections?: number;
}

/** What was not let through. */
export interface FirewallDrop {
  readonly at: Micros;
  /** The rule's name, or "policy of forward", "invalid", "connection table full". */
  readonly rule: string;
  /** "tcp 10.1.0.7:50000 > 10.9.0.2:23" */
  readonly what: string;
}

/** Drops that are kept: the last ones. */
const MAX_DROPS = 1_000;

export class Firewall {
  readonly hooks: PacketHooks;
  readonly drops: FirewallDrop[] = [];
  readonly #rules: Rules;
  readonly #connections: Connections | undefined;
  readonly #flow = new Flow();
  #refusals: Refusals | undefined = undefined;

  /** @throws RangeError in words for the person who wrote the options */
  constructor({ rules = [], policy = {}, stateful = true, timeOuts, maxConnections }: FirewallOptions) {
    this.#rules = new Rules(rules, { forward: 'drop', input: 'accept', output: 'accept', ...policy }, stateful);
    this.#connections = stateful ? new Connections({ timeOuts, maxConnections }) : undefined;
    this.hooks = {
      wholeDatagrams: true, // a later fragment has no ports: RFC 1858
      forward: (packet, from, to, now) => this.#judge('forward', packet, from, to, now),
      input: (packet, from, now) => this.#judge('input', packet, from, undefined, now),
      output: (packet, to, now) => this.#judge('output', packet, undefined, to, now),
    };
  }

  /**
   * Says on which host it stands, once that has its interfaces: it sends what a rejected packet is answered with.
   * @throws RangeError when a rule names an interface that the host has not
   */
  joins(host: FirewallHost): void {
    this.#rules.checkNames([...host.interfaces.values()].map(({ name }) => name));
    this.#refusals = new Refusals(host);
  }

  /** Connections that it remembers. */
  get connections(): number {
    return this.#connections?.size ?? 0;
  }

  /** When it will forget something next; NEVER: it remembers nothing. It forgets by itself when the next packet comes. */
  nextTimeout(): Micros {
    return this.#connections?.nextTimeout() ?? NEVER;
  }

  /** Forgets what was silent for too long. */
  expire(now: Micros): void {
    this.#connections?.expire(now);
  }

  /** Packets that a rule has meant, by its name. @returns undefined when there is no such rule */
  counted(rule: string): { readonly packets: number; readonly bytes: number } | undefined {
    return this.#rules.find(rule);
  }

  /** Rules with what they have counted, and the connections that are known now. @param of the name of the device */
  tables(of: string, now: Micros): readonly Table[] {
    this.expire(now);
    const rules = ruleTable(of, this.#rules);
    return this.#connections === undefined ? [rules] : [rules, connectionTable(of, this.#connections, now)];
  }

  #judge(
    chain: Chain,
    packet: Packet,
    from: NetworkInterface | undefined,
    to: NetworkInterface | undefined,
    now: Micros,
  ): string {
    const { view, network, end } = packet;
    const flow = this.#flow;
    this.expire(now);
    const isReadable = readFlow(view, network, end, flow) === 'ok';
    if (chain === 'output' && this.#refusals?.isOne(flow) === true) return ACCEPT;
    const state = isReadable ? (this.#connections?.stateOf(flow, view, end) ?? 'new') : 'invalid';
    const candidate: Candidate = { flow, state, in: from?.name ?? '', out: to?.name ?? '' };
    const deciding = count(this.#rules.decide(chain, candidate), end - network);
    if (deciding.action !== 'accept') return this.#turnAway(deciding, packet, from, now);
    if (this.#remembers(state, flow, now)) return ACCEPT;
    return this.#turnAway(count(this.#rules.full, end - network), packet, from, now);
  }

  #remembers(state: ConnectionState, flow: Flow, now: Micros): boolean {
    return this.#connections === undefined || state === 'invalid' || this.#connections.pass(flow, now);
  }

  #turnAway({ name, action }: Counted, packet: Packet, from: NetworkInterface | undefined, now: Micros): string {
    const flow = this.#flow;
    this.drops.push({ at: now, rule: name, what: `${protocolName(flow.protocol)} ${flow.from} > ${flow.to}` });
    if (this.drops.length > MAX_DROPS) this.drops.shift();
    if (action !== 'reject' || this.#refusals === undefined || from === undefined) return wordsFor(name);
    this.#refusals.send(packet, from, wordsFor(name), now);
    return `${wordsFor(name)} rejects`;
  }
}

function count(deciding: Counted, bytes: number): Counted {
  deciding.packets++;
  deciding.bytes += bytes;
  return deciding;
}

/** "rule web", and for what is no rule of a person's just its name. */
const wordsFor = (name: string): string => (/^(rule |policy of |invalid$|connection table)/.test(name) ? name : `rule ${name}`);
