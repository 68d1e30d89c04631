/** A DHCP client: the states of RFC 2131 §4.4, figure 5, from asking for an address to giving it back. */
import type { ArpEvent, Endpoint, IpAddress, Micros, ProbeTimes, UdpSocket } from '../../stack/index.ts';
import {
  formatMac,
  formatV4,
  fromV4,
  LIMITED_BROADCAST,
  MILLISECOND,
  nextUnit,
  openUdp,
  PROBE_TIMES,
  SECOND,
} from '../../stack/index.ts';
import { nextDatagram } from '../next-datagram.ts';
import { retryBefore, retryDelay } from './backoff.ts';
import type { Particulars, Speaker } from './client-messages.ts';
import { clientMessage } from './client-messages.ts';
import type { ClientEventKind, ClientState, DhcpClientOptions } from './client-options.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { InterfaceSetup } from './interface-setup.ts';
import type { DhcpMessage } from './message.ts';
import { CLIENT_PORT, SERVER_PORT } from './message.ts';
import { addressIn, MESSAGE, SERVER_IDENTIFIER, textIn } from './options.ts';
import type { ClientLease } from './parameters.ts';
import { readLease } from './parameters.ts';
import { timeWords } from './words.ts';

/** RFC 2131 §3.1.5: a request goes four times, 4, 8, 16 and 32 s apart; then it begins anew. */
const REQUEST_TRIES = 4;
/** RFC 2131 §3.1.5: "SHOULD wait a minimum of ten seconds" after an address that was in use. */
const AFTER_CONFLICT: Micros = 10 * SECOND;
/** How long the address stays after a RELEASE, which has to leave by it. */
const FAREWELL: Micros = 50 * MILLISECOND;
/** Timers of machines count a few weeks at most; a lease may be longer. */
const LONGEST_WAIT: Micros = 86_400 * SECOND;
const MAX_OFFERS = 16;
const EVERYBODY: IpAddress = fromV4(LIMITED_BROADCAST);

/** The offer that was taken. */
interface Taken {
  readonly address: number;
  readonly server: number;
}

export class DhcpClient {
  readonly #options: DhcpClientOptions;
  readonly #socket: UdpSocket;
  readonly #setup: InterfaceSetup;
  readonly #speaker: Speaker;
  #state: ClientState = 'INIT';
  #cancel: () => void = () => {};
  #xid = 0;
  /** Messages sent in this state. */
  #tries = 0;
  /** When we began to ask, and when the message went out that is to be answered. */
  #beganAt: Micros = 0;
  /** From the one to the other as the last DISCOVER has it; RFC 2131 §4.4.1: a REQUEST says the same. */
  #secs = 0;
  /** The address that we had last. */
  #wanted: IpAddress | undefined;
  #askedAt: Micros = 0;
  #offers: ClientLease[] = [];
  #taken: Taken | undefined = undefined;
  /** Given, and being probed for. */
  #checking: ClientLease | undefined = undefined;
  /** Refusals in a row: who is refused at once again and again asks more slowly. */
  #refusals = 0;
  #isClosed = false;
  #waiting: ((lease: ClientLease | undefined) => void)[] = [];

  /** Begins at once. @throws UdpError when another client has the interface */
  constructor(options: DhcpClientOptions) {
    this.#options = options;
    this.#wanted = options.previous;
    const { stack, interface: own, metric, startDelay = 0, previous, hostName, clientId, leaseTime, broadcast } = options;
    this.#setup = new InterfaceSetup(stack, own, metric);
    this.#speaker = {
      mac: own.mac,
      hostName,
      clientId,
      leaseTime: leaseTime === undefined ? undefined : Math.ceil(leaseTime / SECOND),
      broadcast: broadcast === true,
    };
    this.#socket = openUdp(stack, { port: CLIENT_PORT, interfaceId: own.id, broadcast: true });
    own.arpListeners.add(this.#onArp);
    void this.#listen();
    if (previous !== undefined) this.#to('INIT-REBOOT');
    this.#wait(startDelay, () => (previous === undefined ? this.#discover() : this.#reboot(previous)));
  }

  get state(): ClientState {
    return this.#state;
  }

  /** What the interface lives by now. */
  get lease(): ClientLease | undefined {
    return this.#setup.lease;
  }

  /** Resolves when there is an address; undefined when the client was closed before. */
  ready(): Promise<ClientLease | undefined> {
    if (this.lease !== undefined || this.#isClosed) return Promise.resolve(this.lease);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives the address back (RFC 2131 §4.4.6), takes it off the interface and ends. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancel();
    const { lease } = this;
    if (lease !== undefined) {
      const { w3: ciaddr } = lease.address;
      const words = `gives ${lease.address} back`;
      this.#say({ type: 'release', xid: this.#newXid(), ciaddr, server: lease.server.w3 }, lease.server, words);
      await new Promise<void>((resolve) => void this.#options.time.after(FAREWELL, resolve));
      this.#setup.clear();
      this.#tell('released', words, lease);
    } else if (this.#checking !== undefined) this.#arp.removeAddress(this.#checking.address.w3);
    this.#options.interface.arpListeners.delete(this.#onArp);
    this.#socket.close();
    this.#settle(undefined);
  }

  async #listen(): Promise<void> {
    for (;;) {
      const datagram = await nextDatagram(this.#socket);
      if (datagram === undefined) return;
      const message = decode(datagram.bytes);
      if (typeof message === 'string' || message.op !== 'reply' || this.#isClosed) continue;
      if (message.xid === this.#xid && message.chaddr === this.#speaker.mac) this.#onReply(message);
    }
  }

  #onReply(message: DhcpMessage): void {
    if (this.#state === 'SELECTING') {
      if (message.type === 'offer') this.#onOffer(message);
      return;
    }
    if (!this.#isAwaited(message)) return;
    if (message.type === 'ack') this.#onAck(message);
    else if (message.type === 'nak') this.#onNak(message);
  }

  /** Whoever was not asked has nothing to answer: neither a second server nor one that only pretends. */
  #isAwaited({ options }: DhcpMessage): boolean {
    switch (this.#state) {
      case 'REQUESTING':
      case 'RENEWING':
        return this.#checking === undefined && addressIn(options, SERVER_IDENTIFIER) === this.#taken?.server;
      case 'REBOOTING':
        return this.#checking === undefined;
      default:
        return this.#state === 'REBINDING';
    }
  }

  #discover(): void {
    this.#to('SELECTING');
    this.#xid = this.#newXid();
    this.#offers = [];
    this.#tries = 0;
    this.#beganAt = this.#now();
    this.#sendDiscover();
  }

  #sendDiscover(): void {
    this.#tries++;
    const requested = this.#wanted?.w3 ?? 0;
    this.#secs = Math.floor((this.#now() - this.#beganAt) / SECOND);
    const note = this.#tries === 1 ? 'asks whether there is a server' : 'asks again: no offer yet';
    this.#say({ type: 'discover', xid: this.#xid, secs: this.#secs, requested }, EVERYBODY, note);
    this.#wait(retryDelay(this.#tries, this.#options.random), () => this.#sendDiscover());
  }

  #onOffer(message: DhcpMessage): void {
    const offer = readLease(message, this.#now());
    if (offer === undefined || this.#offers.length >= MAX_OFFERS) return;
    this.#offers.push(offer);
    const { collectOffers = 0 } = this.#options;
    if (collectOffers === 0) this.#select();
    else if (this.#offers.length === 1) this.#wait(collectOffers, () => this.#select());
  }

  #select(): void {
    const { choose = (offers) => this.#familiar(offers), random } = this.#options;
    const offer = choose(this.#offers);
    if (offer === undefined) this.#again(retryDelay(1, random));
    else this.#take(offer);
  }

  #take({ address, server }: ClientLease): void {
    this.#taken = { address: address.w3, server: server.w3 };
    this.#tries = 0;
    this.#to('REQUESTING');
    const among = this.#offers.length > 1 ? `, of ${this.#offers.length} offers` : '';
    this.#sendRequest({ requested: address.w3, server: server.w3 }, `takes ${address} from ${server}${among}`);
  }

  #familiar(offers: readonly ClientLease[]): ClientLease | undefined {
    return offers.find(({ address }) => this.#wanted?.equals(address)) ?? offers[0];
  }

  #reboot(previous: IpAddress): void {
    this.#xid = this.#newXid();
    this.#tries = 0;
    this.#secs = 0;
    this.#taken = undefined;
    this.#to('REBOOTING');
    this.#sendRequest({ requested: previous.w3 }, `asks whether ${previous} is still its own`);
  }

  /** REQUESTING and REBOOTING: to everybody, so that servers whose offers were not taken know it. */
  #sendRequest(said: Partial<Particulars>, note: string): void {
    this.#tries++;
    this.#askedAt = this.#now();
    const { random } = this.#options;
    const again = this.#tries > 1 ? ', again' : '';
    this.#say({ type: 'request', xid: this.#xid, secs: this.#secs, ...said }, EVERYBODY, note + again);
    this.#wait(retryDelay(this.#tries, random), () => {
      if (this.#tries === REQUEST_TRIES) this.#discover();
      else this.#sendRequest(said, note);
    });
  }

  #onAck(message: DhcpMessage): void {
    const lease = readLease(message, this.#askedAt);
    if (lease === undefined) return; // asked again when the time comes
    this.#cancel();
    const { conflictCheck = PROBE_TIMES } = this.#options;
    const has = this.lease?.address;
    if (has !== undefined && !has.equals(lease.address)) {
      this.#lose('refused', `the server gives ${lease.address} in place of ${has}`);
    } else if (has !== undefined || conflictCheck === false) this.#bind(lease);
    else this.#probe(lease, conflictCheck);
  }

  #probe(lease: ClientLease, conflictCheck: ProbeTimes): void {
    this.#checking = lease;
    const { random, stack } = this.#options;
    this.#arp.probe(lease.address.w3, this.#now(), () => nextUnit(random), conflictCheck);
    stack.wake();
  }

  readonly #onArp = ({ kind, address, mac }: Readonly<ArpEvent>): void => {
    const lease = this.#checking;
    if (lease === undefined || lease.address.w3 !== address) return;
    this.#checking = undefined;
    if (kind === 'address claimed') this.#bind(lease);
    else if (kind === 'address in use') this.#decline(lease, `${formatV4(address)} is in use by ${formatMac(mac)}`);
  };

  /** RFC 2131 §4.4.1: "the client MUST send a DHCPDECLINE message to the server". */
  #decline({ address, server }: ClientLease, why: string): void {
    this.#arp.removeAddress(address.w3);
    this.#wanted = undefined;
    this.#say({ type: 'decline', xid: this.#xid, requested: address.w3, server: server.w3, text: why }, EVERYBODY, why);
    this.#again(AFTER_CONFLICT);
    this.#tell('conflict', why, undefined);
  }

  #bind(lease: ClientLease): void {
    const isNew = this.lease === undefined;
    this.#refusals = 0;
    this.#wanted = lease.address;
    this.#taken = { address: lease.address.w3, server: lease.server.w3 };
    this.#setup.apply(lease);
    this.#to('BOUND');
    this.#waitUntil(lease.renewAt, () => this.#renew(lease));
    const verb = isNew ? 'bound' : 'renewed';
    this.#tell('bound', `${lease.address} ${verb} for ${timeWords(lease.leaseTime)} by ${lease.server}`, lease);
    this.#settle(lease);
  }

  /** T1: the server that gave the address is asked for more time, it alone. */
  #renew(lease: ClientLease): void {
    this.#xid = this.#newXid();
    this.#secs = 0;
    this.#to('RENEWING');
    this.#extend(lease, lease.server, lease.rebindAt, () => this.#rebind(lease), 'T1: asks for more time for');
  }

  /** T2: anybody is asked. */
  #rebind(lease: ClientLease): void {
    this.#to('REBINDING');
    const over = (): void => this.#lose('expired', `the lease of ${lease.address} is over`);
    this.#extend(lease, EVERYBODY, lease.expiresAt, over, 'T2: the server does not answer; asks everybody about');
  }

  #extend(lease: ClientLease, to: IpAddress, end: Micros, atEnd: () => void, note: string): void {
    if (this.#now() >= end) {
      atEnd();
      return;
    }
    const { w3: ciaddr } = lease.address;
    this.#askedAt = this.#now();
    this.#say({ type: 'request', xid: this.#xid, secs: this.#secs, ciaddr }, to, `${note} ${lease.address}`);
    this.#waitUntil(retryBefore(end, this.#now()), () => this.#extend(lease, to, end, atEnd, note));
  }

  #onNak({ options }: DhcpMessage): void {
    this.#lose('refused', textIn(options, MESSAGE) ?? 'refused by the server');
  }

  /** There is no address any more, or never was one: from the beginning, and the more slowly the more often. */
  #lose(kind: ClientEventKind, words: string): void {
    const { lease } = this;
    this.#setup.clear();
    if (kind === 'refused') this.#wanted = undefined;
    this.#refusals++;
    const delay = this.#refusals === 1 || kind === 'expired' ? 0 : retryDelay(this.#refusals, this.#options.random);
    this.#again(delay);
    this.#tell(kind, words, lease);
  }

  #again(delay: Micros): void {
    this.#taken = undefined;
    this.#to('INIT');
    this.#wait(delay, () => this.#discover());
  }

  #say(said: Particulars, to: IpAddress, note: string): void {
    const { bytes } = encode(clientMessage(this.#speaker, said));
    const server: Endpoint = { address: to, port: SERVER_PORT };
    this.#socket.sendNow(bytes, server, this.lease?.address, { note });
  }

  get #arp() {
    return this.#options.interface.arp;
  }

  #now(): Micros {
    return this.#options.time.now();
  }

  #newXid(): number {
    return this.#options.random.nextUint32();
  }

  /** In place of whatever was waited for. */
  #wait(delay: Micros, call: () => void): void {
    this.#waitUntil(this.#now() + delay, call);
  }

  #waitUntil(time: Micros, call: () => void): void {
    this.#cancel();
    const left = time - this.#now();
    const isLong = left > LONGEST_WAIT;
    const wake = (): void => (isLong ? this.#waitUntil(time, call) : call());
    this.#cancel = this.#options.time.after(isLong ? LONGEST_WAIT : left, wake);
  }

  #to(state: ClientState): void {
    this.#state = state;
    this.#tell('state', '', this.lease);
  }

  #tell(kind: ClientEventKind, words: string, lease: ClientLease | undefined): void {
    this.#options.onEvent?.({ kind, state: this.#state, words, lease });
  }

  #settle(lease: ClientLease | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(lease);
  }
}
