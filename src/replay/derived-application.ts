/** What ran on the recorded host, as far as its frames tell: listeners, connections, datagrams and pings. */

import type { Stack } from '../stack/stack.ts';
import type { Connection } from '../stack/tcp/connection.ts';
import type { Listener } from '../stack/tcp/open/listener.ts';
import { Datagram } from '../stack/udp/datagram-queue.ts';
import type { UdpEndpoint } from '../stack/udp/endpoint.ts';
import * as icmp from '../stack/wire/icmpv4.ts';
import { fromV4 } from '../stack/wire/ip-address.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import * as tcp from '../stack/wire/tcp.ts';
import * as udp from '../stack/wire/udp.ts';
import type { Conversation } from './conversation.ts';
import { deriveTcp, offeredEdge } from './derive-tcp.ts';
import { DerivedConnection } from './derived-connection.ts';
import { tcpFlags } from './facts.ts';
import { fitConversation } from './fit.ts';
import { assembled } from './fragments.ts';
import type { Recorded } from './recorded.ts';
import type { Recording } from './recording.ts';
import { quotedTransport } from './rewrite.ts';
import { waitedForArp } from './waited-for-arp.ts';

type Act = () => void;

export interface DerivedOptions {
  readonly mtu: number;
  /** Writes as late as the recorded frames allow. */
  readonly late: boolean;
  /** The host is another implementation: its windows do not tell what was read, and text leaves when it is written. */
  readonly asStreams: boolean;
}

/** More than any capture has connections waiting at once. */
const BACKLOG = 4096;

export class DerivedApplication {
  readonly #stack: Stack;
  readonly #mtu: number;
  readonly #late: boolean;
  readonly #asStreams: boolean;
  readonly #acts = new Map<Recorded, Act[]>();
  /** What left late because ARP had to ask first: done when it asked. */
  readonly #waited: ReadonlyMap<Recorded, Recorded>;
  /** By the four-tuple: the connection that the next one accepted there is. */
  readonly #awaited = new Map<string, DerivedConnection>();
  readonly #played = new Map<Conversation, DerivedConnection>();
  readonly #news = new Set<DerivedConnection>();
  readonly #listeners = new Map<number, Listener>();
  readonly #endpoints = new Map<number, UdpEndpoint>();

  constructor(stack: Stack, recording: Recording, { mtu, late, asStreams }: DerivedOptions) {
    this.#late = late;
    this.#asStreams = asStreams;
    this.#stack = stack;
    this.#mtu = mtu;
    this.#waited = waitedForArp(recording);
    const closed = closedPorts(recording);
    for (const conversation of recording.conversations) {
      if (conversation.kind === 'tcp') this.#addTcp(conversation);
      else if (conversation.kind === 'udp') this.#addUdp(conversation, closed);
      else if (conversation.kind === 'echo') this.#addPings(conversation);
      else if (conversation.kind === 'fragment') this.#addFragments(conversation, closed);
    }
  }

  /** The application does something when this frame has its turn. */
  actsAt(frame: Recorded): boolean {
    return this.#acts.has(frame);
  }

  /** What the application does when this frame has its turn: one of the host's is expected then, one of the peer's is fed. */
  act(frame: Recorded): void {
    for (const act of this.#acts.get(frame) ?? []) act();
  }

  /**
   * The application reads in a conversation.
   * @param next the frame that the host sends next there: its window tells how much had been read
   * @returns whether anything was read
   */
  readFor(conversation: Conversation, next: Recorded | undefined): boolean {
    const edge = next === undefined || this.#asStreams ? undefined : offeredEdge(conversation, next);
    return this.#played.get(conversation)?.readFor(edge) ?? false;
  }

  /** Time passes: what nobody would see is read at once. @returns whether anything was */
  readUnseen(): boolean {
    let someRead = false;
    for (const played of this.#played.values()) someRead = (played.readsUnseen && played.readFor(undefined)) || someRead;
    return someRead;
  }

  /** After a run of the stack: writes that waited for room go on. */
  afterRun(): void {
    for (const played of this.#news) played.push();
    this.#news.clear();
  }

  #at(seen: Recorded, act: Act): void {
    const frame = this.#waited.get(seen) ?? seen;
    const known = this.#acts.get(frame);
    if (known === undefined) this.#acts.set(frame, [act]);
    else known.push(act);
  }

  #addTcp(conversation: Conversation): void {
    const [first] = conversation.frames;
    if (first === undefined) return;
    if (!conversation.hostOpens) this.#at(first, () => this.#listen(conversation));
    const derived = deriveTcp(conversation, this.#late);
    const behavior = this.#asStreams ? { ...derived, noDelay: true } : derived;
    const played: DerivedConnection = new DerivedConnection(behavior, () => this.#news.add(played));
    this.#played.set(conversation, played);
    if (!conversation.hostOpens) this.#at(first, () => this.#awaited.set(nameOf(conversation), played));
    for (const [frame, actions] of behavior.actions)
      for (const action of actions)
        this.#at(frame, () => (action.kind === 'open' ? this.#open(conversation, played) : played.do(action)));
  }

  /** The port is open or closed as it was when this conversation began. */
  #listen(conversation: Conversation): void {
    const { hostPort } = conversation;
    const isAccepted = conversation.frames.some(({ isHosts, facts }) => isHosts && (tcpFlags(facts) & tcp.RST) === 0);
    const listener = this.#listeners.get(hostPort);
    if (isAccepted === (listener !== undefined)) return;
    if (listener !== undefined) {
      this.#listeners.delete(hostPort);
      this.#stack.tcp.unlisten(listener);
      return;
    }
    const opened = this.#stack.tcp.listen(hostPort, { backlog: BACKLOG, ...fitConversation(conversation, this.#mtu) });
    this.#listeners.set(hostPort, opened);
    opened.owner = {
      notify: () => {
        for (let one = opened.accept(); one !== undefined; one = opened.accept()) this.#accepted(one);
      },
    };
  }

  #accepted(connection: Connection): void {
    const { id } = connection;
    this.#awaited.get(`${id.remote.w3} ${id.remotePort} ${id.localPort}`)?.attach(connection);
  }

  #open(conversation: Conversation, played: DerivedConnection): void {
    const { peer, peerPort, hostPort } = conversation;
    const options = { localPort: hostPort, noDelay: played.behavior.noDelay, ...fitConversation(conversation, this.#mtu) };
    played.attach(this.#stack.tcp.connect(fromV4(peer), peerPort, this.#stack.now, options));
  }

  #addUdp(conversation: Conversation, closed: ReadonlySet<number>): void {
    const [first] = conversation.frames;
    if (first === undefined || closed.has(conversation.hostPort)) return;
    this.#at(first, () => this.#endpointAt(conversation.hostPort));
    for (const frame of conversation.frames) {
      const { facts, isHosts, bytes } = frame;
      if (isHosts)
        this.#at(frame, () =>
          this.#sendDatagram(facts.sourcePort, conversation, bytes.subarray(facts.payload, facts.end), frame),
        );
    }
  }

  #sendDatagram(
    port: number,
    { peer, peerPort }: { peer: number; peerPort: number },
    payload: Uint8Array,
    { facts }: Recorded,
  ): void {
    const endpoint = this.#endpointAt(port);
    if (endpoint === undefined) return;
    endpoint.options.dontFragment = ipv4.dontFragment(facts.view, facts.network);
    endpoint.send(payload, peer, peerPort, facts.source);
  }

  #endpointAt(port: number): UdpEndpoint | undefined {
    const known = this.#endpoints.get(port);
    if (known !== undefined) return known;
    const opened = this.#stack.udp.open({ port });
    if (typeof opened === 'string') return undefined;
    opened.options.broadcast = true;
    opened.owner = { notify: () => drain(opened) };
    this.#endpoints.set(port, opened);
    return opened;
  }

  #addPings(conversation: Conversation): void {
    for (const frame of conversation.frames) {
      const { facts, bytes, isHosts } = frame;
      const isRequest = icmp.type(facts.view, facts.transport) === icmp.ECHO_REQUEST;
      if (isHosts && isRequest) this.#at(frame, () => this.#ping(frame, bytes.subarray(facts.transport, facts.end)));
    }
  }

  #ping({ facts }: Recorded, message: Uint8Array): void {
    const { view, network, destination } = facts;
    const numbers = new DataView(message.buffer, message.byteOffset, message.byteLength);
    this.#stack.icmp.sendEcho(
      {
        destination,
        identifier: numbers.getUint16(4),
        sequence: numbers.getUint16(6),
        payload: message.slice(icmp.HEADER),
        dontFragment: ipv4.dontFragment(view, network),
      },
      this.#stack.now,
    );
  }

  /** A datagram or a ping that the host cut: it is sent whole when its first piece has its turn. */
  #addFragments(conversation: Conversation, closed: ReadonlySet<number>): void {
    for (const frame of conversation.frames) {
      const { view, network } = frame.facts;
      const whole = ipv4.fragmentOffset(view, network) > 0 ? undefined : assembled(frame, conversation.frames);
      if (whole === undefined || whole.length < udp.HEADER) continue;
      const protocol = ipv4.protocol(view, network);
      if (protocol === ipv4.PROTOCOL_UDP) this.#addCutDatagram(conversation, frame, whole, closed);
      else if (protocol === ipv4.PROTOCOL_ICMP && frame.isHosts && whole[0] === icmp.ECHO_REQUEST)
        this.#at(frame, () => this.#ping(frame, whole));
    }
  }

  #addCutDatagram({ peer }: Conversation, frame: Recorded, whole: Uint8Array, closed: ReadonlySet<number>): void {
    const port = (offset: number): number => ((whole[offset] ?? 0) << 8) | (whole[offset + 1] ?? 0);
    const ours = port(frame.isHosts ? 0 : 2);
    if (closed.has(ours)) return;
    if (!frame.isHosts) this.#at(frame, () => this.#endpointAt(ours));
    else this.#at(frame, () => this.#sendDatagram(ours, { peer, peerPort: port(2) }, whole.subarray(udp.HEADER), frame));
  }
}

const nameOf = ({ peer, peerPort, hostPort }: Conversation): string => `${peer} ${peerPort} ${hostPort}`;

/** Nobody wants to read what came. */
function drain(endpoint: UdpEndpoint): void {
  const [nowhere, about] = [new Uint8Array(0), new Datagram()];
  while (endpoint.receive(nowhere, about));
}

/** Ports of which the host said that nobody is there (RFC 1122 §4.1.3.1). */
function closedPorts({ conversations }: Recording): ReadonlySet<number> {
  const closed = new Set<number>();
  for (const { kind, frames } of conversations) {
    if (kind !== 'icmp') continue;
    for (const { isHosts, facts } of frames) {
      const quoted =
        isHosts && icmp.code(facts.view, facts.transport) === icmp.PORT_UNREACHABLE ? quotedTransport(facts) : undefined;
      if (quoted?.protocol === ipv4.PROTOCOL_UDP) closed.add(facts.view.getUint16(quoted.at + 2));
    }
  }
  return closed;
}
