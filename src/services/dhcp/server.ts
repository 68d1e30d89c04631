/** A DHCP server, RFC 2131 §4.3: what it does with each message of a client. */
import type { InterfaceId, MacAddress, Micros, ReceivedDatagram, Stack, UdpSocket } from '../../stack/index.ts';
import { formatMac, formatV4, MILLISECOND, MINUTE, openUdp, SECOND } from '../../stack/index.ts';
import { nextDatagram } from '../next-datagram.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { Asked } from './answers.ts';
import { Answers } from './answers.ts';
import { isInUse } from './conflict-check.ts';
import { decode } from './decode.ts';
import type { Lease, LeaseEntry } from './lease.ts';
import { leaseOf } from './lease.ts';
import type { Applicant } from './lease-table.ts';
import type { DhcpMessage } from './message.ts';
import { SERVER_PORT } from './message.ts';
import type { Network } from './networks.ts';
import { Networks } from './networks.ts';
import * as option from './options.ts';
import type { Pool, PoolOptions } from './pool.ts';
import { clientKey } from './pool.ts';
import { positiveReply, refusal } from './reply.ts';
import { requestState } from './request-state.ts';
import type { ServerDrop, ServerEvent, ServerEventKind } from './server-events.ts';
import { SERVER_DROPS } from './server-events.ts';
import { timeWords } from './words.ts';

export interface DhcpServerOptions {
  readonly time: Timekeeper;
  /** One or more for each network that is served. */
  readonly pools: readonly PoolOptions[];
  /** Clients are served on these (`NetworkInterface.id`). @default all */
  readonly interfaces?: readonly InterfaceId[];
  /** How long a ping waits for an answer from an address that is to be offered (RFC 2131 §2.2); 0: none is sent. @default 500 ms */
  readonly conflictCheck?: Micros;
  /** How long an address is kept for a client that has been offered it. @default 30 s */
  readonly offerTime?: Micros;
  /** How long an address is not given away that somebody uses without a lease. @default 10 min */
  readonly declineTime?: Micros;
  /**
   * There is no other server on these networks: a client that none of ours knows is told so at once, where RFC 2131 §4.3.2 has us
   * be silent. @default false
   */
  readonly authoritative?: boolean;
  /** What `leases` said before a restart. */
  readonly leases?: readonly Lease[];
  /** Told of everything that happens. */
  readonly onEvent?: (event: ServerEvent) => void;
}

/** A message with what is known about it before it is looked at. */
interface Request extends Asked {
  readonly isUnicast: boolean;
  /** Of the network that the client is on; at least one. */
  readonly networks: readonly Network[];
  readonly applicant: Applicant;
}

/** An address to give, and where it is from. */
interface Place {
  readonly network: Network;
  readonly address: number;
}

/** What an answer means, for whoever listens. */
interface Said {
  readonly kind: ServerEventKind;
  readonly words: string;
  readonly entry?: LeaseEntry;
}

/** Undefined: it was answered, or will be, or needs no answer. */
type Outcome = ServerDrop | undefined;

/** Offers that wait for the answer to a ping, at once: a flood of strangers shall not make us ping the world. */
const MAX_PREPARING = 64;
/** Addresses found in use, one after the other, before a client is left to ask again. */
const MAX_CONFLICTS = 8;

export class DhcpServer {
  /** Messages that led to no answer, by reason. */
  readonly drops: Readonly<Record<ServerDrop, number>>;
  readonly #drops = Object.fromEntries(SERVER_DROPS.map((reason) => [reason, 0])) as Record<ServerDrop, number>;
  readonly #stack: Stack;
  readonly #options: DhcpServerOptions;
  readonly #networks: Networks;
  readonly #socket: UdpSocket;
  readonly #answers: Answers;
  /** Clients whose offer waits for the answer to a ping. */
  readonly #preparing = new Set<string>();

  /** @throws RangeError when the pools contradict each other, UdpError when the port is taken */
  constructor(stack: Stack, options: DhcpServerOptions) {
    this.drops = this.#drops;
    this.#stack = stack;
    this.#options = options;
    this.#networks = new Networks(stack, options.pools);
    this.#networks.restore(options.leases ?? [], options.time.now());
    this.#socket = openUdp(stack, { port: SERVER_PORT, broadcast: true });
    this.#answers = new Answers(stack, this.#socket, options.time);
    void this.#serve();
  }

  /** Every line of the tables, those that have expired too. To be kept in a file, and given back as an option. */
  get leases(): readonly Lease[] {
    return this.#networks.snapshot();
  }

  close(): void {
    this.#socket.close();
  }

  async #serve(): Promise<void> {
    for (;;) {
      const datagram = await nextDatagram(this.#socket);
      if (datagram === undefined) return;
      if (this.#options.interfaces?.includes(datagram.interfaceId) === false) continue;
      const message = decode(datagram.bytes);
      if (typeof message === 'string') this.#drop(message, '');
      else this.#note(this.#receive(message, datagram), message.chaddr);
    }
  }

  #receive(message: DhcpMessage, datagram: ReceivedDatagram): Outcome {
    if (message.op !== 'request') return 'from a server';
    const isUnicast = this.#stack.addresses.owns(datagram.to.w3);
    const networks = this.#networks.of(message, datagram.interfaceId, isUnicast);
    const serverId = this.#serverId(datagram, networks, isUnicast);
    if (networks.length === 0 || serverId === undefined) return 'no pool for the network';
    const applicant = {
      client: clientKey(message.chaddr, message.options.get(option.CLIENT_IDENTIFIER)),
      mac: message.chaddr,
      hostName: option.textIn(message.options, option.HOST_NAME) ?? '',
    };
    return this.#handle({ message, datagram, isUnicast, networks, applicant, serverId });
  }

  #handle(request: Request): Outcome {
    switch (request.message.type) {
      case 'discover':
        return this.#onDiscover(request);
      case 'request':
        return this.#onRequest(request);
      case 'decline':
        return this.#onDecline(request);
      case 'release':
        return this.#onRelease(request);
      case 'inform':
        return this.#onInform(request);
      default:
        return 'from a server';
    }
  }

  /** RFC 2131 §4.3.1. */
  #onDiscover(request: Request): Outcome {
    const { client } = request.applicant;
    if (this.#preparing.has(client)) return 'its offer is being prepared';
    const now = this.#now();
    const chosen = this.#choose(request);
    if (chosen === undefined) return 'every address is taken';
    const { network, address } = chosen;
    const isItsOwn = network.leases.current(client, now)?.address === address;
    if (isItsOwn || this.#patience === 0) return this.#offer(request, chosen);
    if (this.#preparing.size >= MAX_PREPARING) return 'too many offers are being prepared';
    this.#preparing.add(client);
    const prepared = this.#prepare(request, chosen);
    void prepared.then((outcome) => this.#note(outcome, request.applicant.mac)).finally(() => this.#preparing.delete(client));
    return undefined;
  }

  /** Held while we ask whether it is free; one that is in use is not offered, and another one tried. */
  async #prepare(request: Request, first: Place): Promise<Outcome> {
    let place: Place | undefined = first;
    for (let tries = MAX_CONFLICTS; tries > 0 && place !== undefined; tries--) {
      const { network, address } = place;
      network.leases.write(address, 'offered', request.applicant, this.#now(), this.#now() + this.#offerTime);
      const inUse = await isInUse(this.#stack, address, this.#options.time, this.#patience);
      // meanwhile it may have taken the offer of another server
      if (network.leases.of(request.applicant.client)?.address !== address) return undefined;
      if (!inUse) return this.#offer(request, place);
      const entry = network.leases.decline(address, this.#now(), this.#now() + this.#declineTime);
      this.#tell('in use', request.applicant.mac, `${formatV4(address)} answers a ping: it is in use without a lease`, entry);
      place = this.#choose(request);
    }
    return 'every address is taken';
  }

  #choose({ message, networks, applicant }: Request): Place | undefined {
    const wanted = option.addressIn(message.options, option.REQUESTED_ADDRESS);
    const known = networks.filter(({ leases }) => leases.of(applicant.client) !== undefined);
    for (const network of [...known, ...networks]) {
      const address = network.leases.choose(applicant.client, wanted, this.#now());
      if (address !== undefined) return { network, address };
    }
    return undefined;
  }

  #offer(request: Request, { network: { pool, leases }, address }: Place): Outcome {
    const { message, applicant, serverId } = request;
    const now = this.#now();
    const had = leases.current(applicant.client, now);
    // whoever asks under the name of a client with a lease does not shorten it
    const isBound = had?.state === 'bound' && had.address === address;
    const entry = isBound ? had : leases.write(address, 'offered', applicant, now, now + this.#offerTime);
    const leaseTime = grantedTime(message, pool);
    const words = `lease ${formatV4(address)} for ${timeWords(leaseTime)} offered`;
    const reply = positiveReply('offer', message, pool, serverId, { address, leaseTime });
    return this.#answer(request, reply, { kind: 'offered', words, entry });
  }

  /** RFC 2131 §4.3.2. */
  #onRequest(request: Request): Outcome {
    const { message, isUnicast } = request;
    switch (requestState(message, isUnicast)) {
      case 'selecting':
        return this.#onSelecting(request);
      case 'init-reboot':
        return this.#onKnown(request, option.addressIn(message.options, option.REQUESTED_ADDRESS) ?? 0, 'known from before');
      case 'renewing':
        return this.#onKnown(request, message.ciaddr, 'renewed');
      case 'rebinding':
        return this.#onKnown(request, message.ciaddr, 'renewed by asking everybody');
      default:
        return 'request fits no state';
    }
  }

  #onSelecting(request: Request): Outcome {
    const { message, networks, applicant, serverId } = request;
    const wanted = option.addressIn(message.options, option.REQUESTED_ADDRESS) ?? 0;
    if (!this.#isUs(option.addressIn(message.options, option.SERVER_IDENTIFIER))) {
      this.#withdraw(request);
      return 'it takes the offer of another server';
    }
    const network = networks.find(({ leases }) => leases.isFreeFor(applicant.client, wanted, this.#now()));
    if (network !== undefined) return this.#bind(request, network, wanted, 'taken');
    return this.#refuse(request, serverId, `${formatV4(wanted)} is not free any more`);
  }

  /** A client that has an address, or believes so: INIT-REBOOT, RENEWING, REBINDING. */
  #onKnown(request: Request, address: number, how: string): Outcome {
    const { networks, applicant, serverId } = request;
    const now = this.#now();
    const onNetwork = networks.filter(({ pool }) => pool.prefix.contains(address));
    if (onNetwork.length === 0) {
      return this.#refuse(request, serverId, `${formatV4(address)} is not of this network, ${networks[0]!.pool.prefix}`);
    }
    const network = onNetwork.find(({ leases }) => leases.of(applicant.client) !== undefined);
    if (network === undefined) return this.#onStranger(request, onNetwork, address, how);
    const isItsOwn = network.leases.of(applicant.client)?.address === address;
    if (isItsOwn && network.leases.isFreeFor(applicant.client, address, now)) return this.#bind(request, network, address, how);
    return this.#refuse(request, serverId, `${formatV4(address)} is not the address of this client`);
  }

  /** "If the DHCP server has no record of this client, then it MUST remain silent", unless it is sure to be the only one. */
  #onStranger(request: Request, networks: readonly Network[], address: number, how: string): Outcome {
    const { applicant, serverId } = request;
    if (this.#options.authoritative !== true) return 'no record of the client';
    const network = networks.find(({ leases }) => leases.isFreeFor(applicant.client, address, this.#now()));
    if (network !== undefined) return this.#bind(request, network, address, how);
    return this.#refuse(request, serverId, `${formatV4(address)} is not for this client`);
  }

  #bind(request: Request, { pool, leases }: Network, address: number, how: string): Outcome {
    const { message, applicant, serverId } = request;
    const now = this.#now();
    const leaseTime = grantedTime(message, pool);
    const isRenewal = leases.of(applicant.client)?.state === 'bound';
    const entry = leases.write(address, 'bound', applicant, now, now + leaseTime);
    const words = `lease ${formatV4(address)} for ${timeWords(leaseTime)}: ${how}`;
    const reply = positiveReply('ack', message, pool, serverId, { address, leaseTime });
    return this.#answer(request, reply, { kind: isRenewal ? 'renewed' : 'bound', words, entry });
  }

  #refuse(request: Request, serverId: number, why: string): Outcome {
    return this.#answer(request, refusal(request.message, serverId, why), { kind: 'refused', words: `refused: ${why}` });
  }

  /** RFC 2131 §4.3.3: "the server MUST mark the network address as not available". */
  #onDecline({ message, networks, applicant }: Request): Outcome {
    const address = option.addressIn(message.options, option.REQUESTED_ADDRESS);
    if (!this.#isUs(option.addressIn(message.options, option.SERVER_IDENTIFIER))) return 'speaks to another server';
    const network = networks.find(({ leases }) => leases.of(applicant.client)?.address === address);
    if (address === undefined || network === undefined) {
      return 'speaks of an address that is not its own';
    }
    const entry = network.leases.decline(address, this.#now(), this.#now() + this.#declineTime);
    this.#tell('declined', applicant.mac, `${formatV4(address)} declined: the client found it in use`, entry);
    return undefined;
  }

  /** RFC 2131 §4.3.4: the line stays, so that the client may have it again. */
  #onRelease({ message, networks, applicant }: Request): Outcome {
    const network = networks.find(({ leases }) => leases.of(applicant.client)?.address === message.ciaddr);
    const entry = network?.leases.of(applicant.client);
    if (network === undefined || entry === undefined) {
      return 'speaks of an address that is not its own';
    }
    network.leases.release(entry, this.#now());
    const words = `${formatV4(message.ciaddr)} given back`;
    this.#tell('released', applicant.mac, words, network.leases.of(applicant.client));
    return undefined;
  }

  /** RFC 2131 §4.3.5: everything but an address. */
  #onInform(request: Request): Outcome {
    const { message, networks, serverId } = request;
    if (message.ciaddr === 0) return 'request fits no state';
    const words = `parameters for ${formatV4(message.ciaddr)}, which has its address from elsewhere`;
    const reply = positiveReply('ack', message, networks[0]!.pool, serverId);
    return this.#answer(request, reply, { kind: 'informed', words });
  }

  /** The client has taken the offer of another server. */
  #withdraw({ networks, applicant }: Request): void {
    for (const { leases } of networks) {
      const entry = leases.of(applicant.client);
      if (entry?.state === 'offered') leases.withdraw(entry);
    }
  }

  #serverId({ to, interfaceId }: ReceivedDatagram, [network]: readonly Network[], isUnicast: boolean): number | undefined {
    if (isUnicast) return to.w3;
    const own = this.#stack.addresses.list().filter((one) => one.interfaceId === interfaceId);
    return (own.find(({ address }) => network?.pool.prefix.contains(address)) ?? own[0])?.address;
  }

  #isUs(address: number | undefined): boolean {
    return address !== undefined && this.#stack.addresses.owns(address);
  }

  #now(): Micros {
    return this.#options.time.now();
  }

  get #patience(): Micros {
    return this.#options.conflictCheck ?? 500 * MILLISECOND;
  }

  get #offerTime(): Micros {
    return this.#options.offerTime ?? 30 * SECOND;
  }

  get #declineTime(): Micros {
    return this.#options.declineTime ?? 10 * MINUTE;
  }

  #answer(request: Request, reply: DhcpMessage, { kind, words, entry }: Said): Outcome {
    if (!this.#answers.send(request, reply, words)) return 'answer could not be sent';
    this.#tell(kind, request.applicant.mac, words, entry);
    return undefined;
  }

  #note(outcome: Outcome, mac: MacAddress): void {
    if (outcome !== undefined) this.#drop(outcome, formatMac(mac));
  }

  #drop(reason: ServerDrop, mac: string): void {
    this.#drops[reason]++;
    this.#options.onEvent?.({ kind: 'dropped', mac, words: reason });
  }

  #tell(kind: ServerEventKind, mac: MacAddress, words: string, entry?: LeaseEntry): void {
    const lease = entry === undefined ? {} : { lease: leaseOf(entry) };
    this.#options.onEvent?.({ kind, mac: formatMac(mac), words, ...lease });
  }
}

/** What the client asks for, up to the longest that the pool allows; the pool's own when it does not say. Whole seconds. */
function grantedTime({ options }: DhcpMessage, { leaseTime, maxLeaseTime }: Pool): Micros {
  const asked = option.numberIn(options, option.LEASE_TIME);
  if (asked === undefined) return leaseTime;
  const wanted = asked === option.INFINITE_LEASE ? Number.POSITIVE_INFINITY : Math.max(1, asked) * SECOND;
  return Math.min(wanted, maxLeaseTime);
}
