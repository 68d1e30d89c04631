/** Who is who: for a flow that leaves or arrives, the end that takes the place of the one inside or outside. */
import type { Micros } from '../../stack/time.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import { ACK, RST, SYN } from '../../stack/wire/tcp.ts';
import type { Flow } from '../conntrack/flow.ts';
import { endKey } from '../conntrack/flow.ts';
import { forwardedFrom, forwardedTo } from './forward.ts';
import type { End, MappingFacts, Session } from './mapping.ts';
import { Mapping } from './mapping.ts';
import type { MappingEvent } from './mapping-table.ts';
import { MappingTable } from './mapping-table.ts';
import type { NatPlan } from './options.ts';
import { OutsideEnds, PORT_DROPS } from './outside-ends.ts';

/** Why a NAT drops a packet that it could read. */
export const TRANSLATION_DROPS = [
  ...PORT_DROPS,
  'nobody inside asked for it',
  'its mapping has expired',
  'filtered: nobody inside has spoken to whom it comes from',
  'opens no mapping',
  'NAT table full',
  'protocol without ports',
] as const;
export type TranslationDrop = (typeof TRANSLATION_DROPS)[number];

/** The end to put in the other's place; 'untouched': it is no business of the NAT; else why it is dropped. */
export type Translation = End | 'untouched' | TranslationDrop;

/** What the translator asks of the host that the NAT stands on. */
export interface NatSurroundings {
  /** What is seen outside now, as words. */
  addresses(): readonly number[];
  /** One of the host's own addresses. */
  isOwn(address: number): boolean;
  /** The host itself listens there. */
  listens(protocol: number, address: number, port: number): boolean;
}

/** Mappings that were forgotten and are still remembered as such. */
const MAX_MEMORIES = 256;

export class Translator {
  readonly table: MappingTable;
  readonly #plan: NatPlan;
  readonly #surroundings: NatSurroundings;
  readonly #ends: OutsideEnds;
  /** By protocol and end outside: what expired last. */
  readonly #memories = new Set<string>();
  /** The mapping that the last translation has made. */
  made: Mapping | undefined = undefined;

  constructor(plan: NatPlan, surroundings: NatSurroundings, onEvent: (event: MappingEvent) => void) {
    this.#plan = plan;
    this.#surroundings = surroundings;
    this.#ends = new OutsideEnds(plan);
    this.table = new MappingTable(plan, (event) => {
      this.#count(event);
      onEvent(event);
    });
  }

  /** What stands for the source of a flow that leaves. */
  outwards(flow: Flow, now: Micros): Translation {
    this.made = undefined;
    const { protocol } = flow;
    const fixed = this.#plan.outsideOf.get(flow.source);
    if (fixed !== undefined) return { address: fixed, port: flow.sourcePort };
    const [inside, remote] = [sourceOf(flow), destinationOf(flow)];
    const isOwn = this.#surroundings.isOwn(flow.source);
    const known = this.table.session(protocol, inside, remote);
    if (known !== undefined && !this.#isStale(known.mapping)) return this.#said(known, flow, now);
    if (isOwn && this.#speaksForItself(flow)) return 'untouched';
    if (flow.kind === 'other') return isOwn ? 'untouched' : 'protocol without ports';
    // RFC 5382 §4.2: only who may open a connection may make a mapping for it
    if (!opens(flow)) return isOwn ? 'untouched' : 'opens no mapping';
    const mapping = this.#mappingFor(protocol, inside, remote);
    if (typeof mapping === 'string') return mapping;
    return this.#said(this.#open(mapping, remote, now), flow, now);
  }

  /** What stands for the destination of a flow that arrives at one of the addresses outside. */
  inwards(flow: Flow, now: Micros): Translation {
    this.made = undefined;
    const { protocol } = flow;
    const fixed = this.#plan.insideOf.get(flow.destination);
    if (fixed !== undefined) return { address: fixed, port: flow.destinationPort };
    if (flow.kind === 'query' || flow.kind === 'other') return 'untouched'; // for the host itself
    const [outside, remote] = [destinationOf(flow), sourceOf(flow)];
    const mapping = this.table.fromOutside(protocol, outside) ?? this.#forwarded(flow);
    if (mapping === undefined) return this.#unasked(flow);
    const known = mapping instanceof Mapping ? this.table.session(protocol, mapping.inside, remote) : undefined;
    if (known !== undefined && known.mapping === mapping) return this.#heard(known, flow, now);
    if (!mapping.isForwarded && !this.#lets(mapping, remote)) return 'filtered: nobody inside has spoken to whom it comes from';
    if (!opens(flow) && flow.kind !== 'reply') return 'opens no mapping';
    if (this.table.isFull) return 'NAT table full';
    return this.#heard(this.#open(mapping, remote, now), flow, now);
  }

  /** Somebody inside is, or may be, who a packet for one of the addresses outside is for. */
  leadsInside(flow: Flow): boolean {
    if (this.#plan.insideOf.has(flow.destination)) return true;
    if (flow.kind === 'query' || flow.kind === 'other') return false;
    return this.table.fromOutside(flow.protocol, destinationOf(flow)) !== undefined || this.#forwarded(flow) !== undefined;
  }

  /**
   * The mapping by which the host inside of a packet that is quoted is seen outside.
   * @param inside, remote its ends
   */
  seenAs(protocol: number, inside: End, remote: End): End | undefined {
    const fixed = this.#plan.outsideOf.get(inside.address);
    if (fixed !== undefined) return { address: fixed, port: inside.port };
    return this.table.session(protocol, inside, remote)?.mapping.outside;
  }

  /** The end outside by which a neighbour inside speaks to an end inside; undefined: it speaks to it directly. */
  seenInside(protocol: number, within: End, neighbour: End): End | undefined {
    const remote = this.table.fromInside(protocol, neighbour, within)?.outside;
    return remote && this.table.session(protocol, within, remote)?.mapping.outside;
  }

  /** Who inside is seen as this end. */
  behind(protocol: number, outside: End): End | undefined {
    const fixed = this.#plan.insideOf.get(outside.address);
    if (fixed !== undefined) return { address: fixed, port: outside.port };
    return this.table.fromOutside(protocol, outside)?.inside;
  }

  /** RFC 5382 §7.1, RFC 4787 §4.1: one of those that there are, else one written down, else a new one. */
  #mappingFor(protocol: number, inside: End, remote: End): Mapping | MappingFacts | TranslationDrop {
    if (this.table.isFull) return 'NAT table full';
    const known = this.table.fromInside(protocol, inside, remote);
    if (known !== undefined && !this.#isStale(known)) return known;
    const addresses = this.#surroundings.addresses();
    const written = this.#writtenFor(protocol, inside, addresses);
    if (written !== undefined) return { protocol, inside, outside: written, isForwarded: true };
    const isFree = (address: number, port: number): boolean => this.#isFree(protocol, inside, address, port);
    const outside = this.#ends.choose(protocol, inside, addresses, isFree);
    return typeof outside === 'string' ? outside : { protocol, inside, outside, isForwarded: false };
  }

  /** Who has a port forwarded to itself speaks from it too. */
  #writtenFor(protocol: number, inside: End, addresses: readonly number[]): End | undefined {
    for (const forward of this.#plan.forward) {
      const port = forwardedFrom(forward, protocol, inside.address, inside.port);
      const address = forward.address ?? addresses[0];
      if (port === undefined || address === undefined) continue;
      if (this.table.fromOutside(protocol, { address, port }) === undefined) return { address, port };
    }
    return undefined;
  }

  #isFree(protocol: number, inside: End, address: number, port: number): boolean {
    if (this.table.fromOutside(protocol, { address, port }) !== undefined) return false;
    if (this.#plan.forward.some((forward) => forwardedTo(forward, protocol, address, port) !== undefined)) return false;
    return inside.address === address || !this.#surroundings.listens(protocol, address, port);
  }

  #forwarded({ protocol, destination, destinationPort }: Flow): MappingFacts | undefined {
    for (const forward of this.#plan.forward) {
      const port = forwardedTo(forward, protocol, destination, destinationPort);
      if (port === undefined) continue;
      const outside = { address: destination, port: destinationPort };
      return { protocol, inside: { address: forward.to, port }, outside, isForwarded: true };
    }
    return undefined;
  }

  /** RFC 4787 §5. */
  #lets(mapping: Mapping | MappingFacts, remote: End): boolean {
    switch (this.#plan.filtering) {
      case 'endpoint-independent':
        return true;
      case 'address-dependent':
        return mapping instanceof Mapping && mapping.speaksWith(remote.address);
      default:
        return false; // there would be a session
    }
  }

  /** The host has sockets of its own, and nobody inside has the port. */
  #speaksForItself({ protocol, source, sourcePort }: Flow): boolean {
    if (this.table.fromOutside(protocol, { address: source, port: sourcePort }) !== undefined) return false;
    return this.#surroundings.listens(protocol, source, sourcePort);
  }

  #unasked({ protocol, destination, destinationPort }: Flow): 'untouched' | TranslationDrop {
    if (this.#surroundings.listens(protocol, destination, destinationPort)) return 'untouched';
    const memory = memoryOf(protocol, { address: destination, port: destinationPort });
    return this.#memories.has(memory) ? 'its mapping has expired' : 'nobody inside asked for it';
  }

  #open(mapping: Mapping | MappingFacts, remote: End, now: Micros): Session {
    const session = this.table.open(mapping, remote, now);
    if (session.mapping !== mapping) this.made = session.mapping;
    return session;
  }

  #said(session: Session, flow: Flow, now: Micros): End {
    if (flow.kind === 'tcp') session.life.see(flow.flags, 'forth');
    this.table.refresh(session, now);
    return session.mapping.outside;
  }

  #heard(session: Session, flow: Flow, now: Micros): End {
    const { mapping, life } = session;
    if (flow.kind === 'tcp') life.see(flow.flags, 'back');
    const mayRefresh = flow.kind === 'tcp' || mapping.isForwarded || this.#plan.inboundRefresh;
    if (mayRefresh) this.table.refresh(session, now);
    else if (session.deadlineIndex < 0) this.table.limit(session, now);
    return mapping.inside;
  }

  /** The address outside has changed since (a lease of DHCP ended). */
  #isStale(mapping: Mapping): boolean {
    if (this.#surroundings.addresses().includes(mapping.outside.address)) return false;
    this.table.drop(mapping);
    return true;
  }

  #count({ kind, mapping }: MappingEvent): void {
    const memory = memoryOf(mapping.protocol, mapping.outside);
    if (kind === 'created') {
      this.#memories.delete(memory);
      this.#ends.taken(mapping.inside.address, mapping.outside.address);
      return;
    }
    this.#ends.given(mapping.inside.address, mapping.outside.address);
    this.#memories.add(memory);
    const [oldest = ''] = this.#memories;
    if (this.#memories.size > MAX_MEMORIES) this.#memories.delete(oldest);
  }

  /** For people. */
  toString(): string {
    return `a NAT for ${this.#surroundings.addresses().map(formatV4).join(', ')}`;
  }
}

const sourceOf = ({ source, sourcePort }: Flow): End => ({ address: source, port: sourcePort });
const destinationOf = ({ destination, destinationPort }: Flow): End => ({ address: destination, port: destinationPort });

/** A packet with which something may begin. */
function opens({ kind, protocol, flags }: Flow): boolean {
  if (protocol === ipv4.PROTOCOL_TCP) return (flags & (SYN | ACK | RST)) === SYN;
  return kind === 'udp' || kind === 'query';
}

const memoryOf = (protocol: number, { address, port }: End): string => `${protocol}/${endKey(address, port)}`;
