/**
 * Network address and port translation: RFC 4787 for UDP, RFC 5382 for TCP, RFC 5508 for ICMP. It stands in the hooks of a host that
 * forwards. What leaves by the outside interface gets a source outside just before it leaves; what arrives for one of the addresses
 * outside gets its destination inside before its route is chosen. So the routes, and the rules of a firewall on the same host, see
 * the addresses inside. No application level gateways: what stands in the data stays as it is.
 */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { NetworkInterface } from '../../stack/host/interface.ts';
import { ACCEPT, type PacketHooks } from '../../stack/host/packet-hooks.ts';
import type { Micros } from '../../stack/time.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import { formatV4, isMulticastV4, LIMITED_BROADCAST } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import type { FlowFault } from '../conntrack/flow.ts';
import { Flow, readFlow } from '../conntrack/flow.ts';
import type { Table } from '../network/table.ts';
import { ErrorTranslator } from './errors.ts';
import type { NatHost } from './host.ts';
import { Surroundings } from './host.ts';
import type { End, Mapping } from './mapping.ts';
import type { MappingEvent } from './mapping-table.ts';
import type { NatOptions, NatPlan } from './options.ts';
import { planOf } from './options.ts';
import type { Side } from './rewrite.ts';
import { rewrite } from './rewrite.ts';
import { eventText, natTable } from './table.ts';
import type { Translation, TranslationDrop } from './translator.ts';
import { Translator } from './translator.ts';

/** What happened to the table. */
export interface NatEvent {
  readonly at: Micros;
  readonly kind: MappingEvent['kind'];
  /** "udp 192.168.1.10:50000 = 203.0.113.1:50000 expired" */
  readonly text: string;
}

/** Events that are kept: the last ones. */
const MAX_EVENTS = 1_000;
/** RFC 5508 §6 (REQ-8): whose packet is turned away because something is used up is told. */
const SCARCITY: readonly TranslationDrop[] = ['NAT table full', 'no port left outside', 'too many mappings for one host'];

export class Nat {
  readonly hooks: PacketHooks;
  readonly events: NatEvent[] = [];
  readonly #plan: NatPlan;
  readonly #drops = new Map<string, number>();
  readonly #surroundings: Surroundings;
  readonly #translator: Translator;
  readonly #errors: ErrorTranslator;
  readonly #flow = new Flow();
  /** What goes back inside by the way it came, and the source that it will leave with. */
  #turning: { readonly packet: Packet; readonly source: End } | undefined = undefined;
  #translated = 0;

  /** @throws RangeError in words for the person who wrote the options */
  constructor(options: NatOptions) {
    const plan = planOf(options);
    this.#plan = plan;
    this.#surroundings = new Surroundings(plan);
    this.#translator = new Translator(plan, this.#surroundings, (event) => this.#note(event));
    this.#errors = new ErrorTranslator(this.#translator);
    this.hooks = {
      // RFC 4787 §11 (REQ-14): a later fragment has no ports and may come before the first
      wholeDatagrams: true,
      prerouting: (packet, from, now) => this.#prerouting(packet, from, now),
      postrouting: (packet, to, now) => this.#postrouting(packet, to, now),
    };
  }

  /**
   * Says on which host it stands, once that has its interfaces: whose addresses are outside, and what the host listens to itself.
   * @throws RangeError when the host has no interface of the name
   */
  joins(host: NatHost): void {
    this.#surroundings.join(host);
  }

  /** What is seen outside and written down, in dotted form. */
  get addresses(): readonly string[] {
    return [...(this.#plan.addresses ?? []), ...this.#plan.insideOf.keys()].map(formatV4);
  }

  /** Packets that were changed. */
  get translated(): number {
    return this.#translated;
  }

  /** Those that were not let through, by reason. */
  get drops(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#drops);
  }

  /** Sessions that it remembers. */
  get sessions(): number {
    return this.#translator.table.sessions;
  }

  /** When it will forget something next; NEVER: it remembers nothing. It forgets by itself when the next packet comes. */
  nextTimeout(): Micros {
    return this.#translator.table.nextTimeout();
  }

  /** Forgets what was silent for too long. */
  expire(now: Micros): void {
    this.#translator.table.expire(now);
  }

  /** What it knows now. @param of the name of the device */
  table(of: string, now: Micros): Table {
    this.expire(now);
    return natTable(of, this.#plan, this.#translator.table.mappings, now);
  }

  #prerouting(packet: Packet, from: NetworkInterface, now: Micros): string {
    this.#turning = undefined;
    this.expire(now);
    const { view, network, end } = packet;
    if (!this.#surroundings.isOutside(ipv4.destination(view, network))) return ACCEPT;
    const flow = this.#flow;
    const fault = readFlow(view, network, end, flow);
    if (fault !== 'ok') return this.#drop(fault);
    const isFromOutside = from.name === this.#plan.outside;
    if (flow.kind === 'error') return this.#errorArrives(packet, flow, isFromOutside);
    if (!isFromOutside) return this.#turn(packet, flow, now);
    return this.#apply(packet, flow, 'destination', this.#translator.inwards(flow, now));
  }

  #postrouting(packet: Packet, to: NetworkInterface, now: Micros): string {
    const turning = this.#turning;
    const flow = this.#flow;
    const { view, network, end } = packet;
    if (turning?.packet === packet) {
      this.#turning = undefined;
      return this.#read(packet) ?? this.#apply(packet, flow, 'source', turning.source);
    }
    if (turning !== undefined && isRedirect(packet)) return this.#drop('redirect about what was translated');
    if (to.name !== this.#plan.outside) return this.#tellInside(packet);
    if (!this.#isTranslated(packet)) return ACCEPT;
    const fault = readFlow(view, network, end, flow);
    if (fault !== 'ok') return this.#drop(fault);
    if (flow.kind === 'error') return this.#errorLeaves(packet, flow);
    const translation = this.#translator.outwards(flow, now);
    if (SCARCITY.some((reason) => reason === translation)) this.#surroundings.refuse(packet, now);
    return this.#apply(packet, flow, 'source', translation);
  }

  /**
   * RFC 4787 §6 (REQ-9): from one host inside to another by its address outside. Both see the other's address outside; that of the
   * source is written where sources are, so that whoever looks in between sees both as they are inside.
   */
  #turn(packet: Packet, flow: Flow, now: Micros): string {
    if (!this.#translator.leadsInside(flow)) return this.#apply(packet, flow, 'destination', this.#translator.inwards(flow, now));
    const source = this.#translator.outwards(flow, now);
    if (typeof source === 'string') return source === 'untouched' ? ACCEPT : this.#drop(source);
    const within = { address: flow.source, port: flow.sourcePort };
    flow.source = source.address;
    flow.sourcePort = source.port;
    const destination = this.#translator.inwards(flow, now);
    flow.source = within.address;
    flow.sourcePort = within.port;
    this.#turning = { packet, source };
    return this.#apply(packet, flow, 'destination', destination);
  }

  #errorArrives(packet: Packet, flow: Flow, isFromOutside: boolean): string {
    const outcome = this.#errors.inwards(packet, flow, isFromOutside);
    if (typeof outcome === 'string') return outcome === 'untouched' ? ACCEPT : this.#drop(outcome);
    if (outcome.source !== undefined) this.#turning = { packet, source: outcome.source };
    return this.#apply(packet, flow, 'destination', outcome.destination);
  }

  /** What the host says inside of a packet that it was turning round: the neighbour is known there by its address outside. */
  #tellInside(packet: Packet): string {
    const { view, network, end } = packet;
    const isOwn = ipv4.protocol(view, network) === ipv4.PROTOCOL_ICMP && this.#surroundings.isOwn(ipv4.source(view, network));
    if (isOwn && readFlow(view, network, end, this.#flow) === 'ok' && this.#flow.kind === 'error')
      this.#errors.turnBack(packet, this.#flow);
    return ACCEPT;
  }

  #errorLeaves(packet: Packet, flow: Flow): string {
    const outcome = this.#errors.outwards(packet, flow);
    if (typeof outcome !== 'string') return this.#apply(packet, flow, 'source', outcome);
    // the host tells of what was for itself, too
    return this.#surroundings.isOwn(flow.source) ? ACCEPT : this.#drop(outcome);
  }

  /** @returns the verdict when it cannot be read */
  #read({ view, network, end }: Packet): string | undefined {
    const fault: 'ok' | FlowFault = readFlow(view, network, end, this.#flow);
    return fault === 'ok' ? undefined : this.#drop(fault);
  }

  #apply(packet: Packet, flow: Flow, side: Side, translation: Translation): string {
    if (translation === 'untouched') return ACCEPT;
    if (typeof translation === 'string') return this.#drop(translation);
    const before = side === 'source' ? flow.from : flow.to;
    rewrite(packet, flow, side, translation.address, translation.port);
    this.#translated++;
    if (!this.#plan.notes) return ACCEPT;
    const after = side === 'source' ? flow.from : flow.to;
    if (before !== after) packet.note = joined(packet.note, `${side} ${before} became ${after}${made(this.#translator.made)}`);
    this.#translator.made = undefined;
    return ACCEPT;
  }

  /** What may be sent outside with another source: no group is told from an address that is not its sender's. */
  #isTranslated({ view, network }: Packet): boolean {
    const [source, destination] = [ipv4.source(view, network), ipv4.destination(view, network)];
    if (source === 0 || destination === LIMITED_BROADCAST || isMulticastV4(destination)) return false;
    if (this.#surroundings.isPlain(source)) return false;
    return this.#surroundings.isOwn(source) || this.#plan.inside.some((prefix) => prefix.contains(source));
  }

  #drop(reason: string): string {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + 1);
    return `NAT: ${reason}`;
  }

  #note(event: MappingEvent): void {
    this.events.push({ at: event.at, kind: event.kind, text: eventText(event) });
    if (this.events.length > MAX_EVENTS) this.events.shift();
  }
}

/** What goes back by the way it came cannot go without the NAT, though a router would say so. */
const isRedirect = ({ view, network }: Packet): boolean =>
  ipv4.protocol(view, network) === ipv4.PROTOCOL_ICMP &&
  icmp.type(view, network + ipv4.headerLength(view, network)) === icmp.REDIRECT;

const joined = (said: string, more: string): string => (said === '' ? more : `${said}; ${more}`);

const made = (mapping: Mapping | undefined): string => (mapping === undefined ? '' : ' (a new mapping)');
