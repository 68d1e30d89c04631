/** ICMP of one host: answers echo requests, sends errors within the rules, and tells who is concerned by those it gets. */
import { Packet } from '../bytes/packet.ts';
import { mayReport, writeError } from '../ip/icmp-errors.ts';
import type { IcmpRateLimit } from '../ip/icmp-rate-limit.ts';
import { decodeError, IcmpErrorReport } from '../ip/icmp-report.ts';
import type { InterfaceId } from '../ip/route-table.ts';
import type { Micros } from '../time.ts';
import * as icmp from '../wire/icmpv4.ts';
import { isLoopbackV4 } from '../wire/ip-address.ts';
import * as ipv4 from '../wire/ipv4.ts';
import type { Counters, DropReason } from './counters.ts';
import type { Guard } from './guard.ts';
import type { Output, SendResult, Topology } from './output.ts';
import type { Redirects } from './redirects.ts';

const TTL = 64;

/** An answer to one of our echo requests, or an error about one. */
export interface EchoAnswer {
  /** Who answered, as a word: the target, or the router that gave up. */
  readonly from: number;
  readonly identifier: number;
  readonly sequence: number;
  /** Payload bytes of a reply; 0 for an error. */
  readonly length: number;
  readonly ttl: number;
  /** `reply`, or what the error said. */
  readonly kind: string;
  readonly at: Micros;
}

/** Where a packet came from: an interface, or ourselves. */
export interface Origin {
  readonly id: InterfaceId;
  /** The frame went to several stations. */
  readonly isGroupFrame: boolean;
  readonly isLoopback: boolean;
}

/** The host as ICMP sees it. */
export interface IcmpHost extends Topology {
  /** There is something to send. */
  wake(): void;
}

export type EchoListener = (answer: EchoAnswer) => void;

export interface EchoRequest {
  readonly destination: number;
  readonly identifier: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
}

/** What ICMP is made of. */
export interface IcmpParts {
  readonly host: IcmpHost;
  readonly output: Output;
  readonly limit: IcmpRateLimit;
  readonly counters: Counters;
  readonly guard: Guard;
  readonly redirects: Redirects;
  /** RFC 1122 §3.2.2.6: an echo request to everybody may be discarded, or not. */
  readonly answersBroadcasts: boolean;
}

export class Icmp {
  /** Who waits for echo replies, by identifier. */
  readonly echoListeners = new Map<number, EchoListener>();
  readonly #host: IcmpHost;
  readonly #output: Output;
  readonly #limit: IcmpRateLimit;
  readonly #counters: Counters;
  readonly #guard: Guard;
  readonly #redirects: Redirects;
  readonly #answersBroadcasts: boolean;
  readonly #packet = new Packet();
  readonly #report = new IcmpErrorReport();
  readonly #fields: ipv4.Ipv4Fields = {
    source: 0,
    destination: 0,
    protocol: ipv4.PROTOCOL_ICMP,
    ttl: TTL,
    trafficClass: 0,
    identification: 0,
    dontFragment: false,
  };

  constructor({ host, output, limit, counters, guard, redirects, answersBroadcasts }: IcmpParts) {
    this.#host = host;
    this.#redirects = redirects;
    this.#answersBroadcasts = answersBroadcasts;
    this.#guard = guard;
    this.#output = output;
    this.#limit = limit;
    this.#counters = counters;
  }

  /**
   * An ICMP message for us in `packet[packet.transport, packet.end)`.
   * @param from the interface that it came by
   * @param onError is told about a valid error that quotes a packet of ours
   * @returns why it was dropped; undefined when it was not
   */
  onMessage(
    packet: Packet,
    toMany: boolean,
    now: Micros,
    from: InterfaceId,
    onError: (report: IcmpErrorReport) => boolean,
  ): DropReason | undefined {
    const { view, transport: at, end } = packet;
    this.#counters.icmpIn++;
    if (!icmp.isValid(at, end)) return 'ICMP too short';
    if (!icmp.isChecksumValid(view, at, end)) return 'ICMP checksum wrong';
    switch (icmp.type(view, at)) {
      case icmp.ECHO_REQUEST:
        // nobody shall use us as an amplifier
        if (toMany && !this.#answersBroadcasts) return 'ICMP echo to a broadcast address';
        this.#answerEcho(packet, toMany, now);
        return undefined;
      case icmp.ECHO_REPLY:
        return this.#echoReply(packet, now);
      default:
        return this.#onError(packet, now, from, onError);
    }
  }

  /** Asks a host whether it is there. */
  sendEcho(
    { destination, identifier, sequence, payload, ttl = TTL, dontFragment = false }: EchoRequest,
    now: Micros,
  ): SendResult {
    const source = this.#output.sourceFor(destination);
    if (source === undefined) return 'no route';
    const packet = this.#packet;
    packet.reset();
    packet.append(payload);
    packet.payload = packet.start;
    packet.transport = packet.prepend(icmp.HEADER);
    icmp.encode(packet.view, packet.transport, packet.end, icmp.ECHO_REQUEST, 0, identifier * 0x1_0000 + sequence);
    this.#host.wake(); // its neighbour may have to be asked for, or the request is for ourselves
    return this.#send({ source, destination, ttl, trafficClass: 0, dontFragment }, now);
  }

  /** Nobody answered ARP for a packet of ours, whose IPv4 header is first in its live part: a ping need not wait in vain. */
  onUnreachable({ view, start, end }: Packet, now: Micros): void {
    const at = start + ipv4.headerLength(view, start);
    const isRequest =
      ipv4.fragmentOffset(view, start) === 0 && icmp.isValid(at, end) && icmp.type(view, at) === icmp.ECHO_REQUEST;
    if (!isRequest) return;
    const [identifier, sequence] = [icmp.echoIdentifier(view, at), icmp.echoSequence(view, at)];
    this.#tell({ from: ipv4.source(view, start), identifier, sequence, length: 0, ttl: 0, kind: 'host unreachable', at: now });
  }

  /** Tells the sender of `about`, whose IPv4 header is at `about.network`, what went wrong with it. */
  report(about: Packet, { id, isGroupFrame, isLoopback }: Origin, type: number, code: number, rest: number, now: Micros): void {
    if (mayReport(about, isGroupFrame, this.#host.addresses, id, isLoopback) !== 'ok') return;
    const { view, network } = about;
    const destination = ipv4.source(view, network);
    if (!this.#limit.allow(destination, now)) {
      this.#counters.drop('ICMP error suppressed by the rate limit');
      return;
    }
    // RFC 1812 §4.3.2.4: from the address that was spoken to, where that is ours
    const spokenTo = ipv4.destination(view, network);
    const source = this.#isOwn(spokenTo) ? spokenTo : this.#output.sourceFor(destination);
    if (source === undefined) {
      this.#counters.drop('no route to the destination');
      return;
    }
    writeError(this.#packet, about, type, code, rest);
    this.#packet.note = whyReported(type, code);
    this.#send({ source, destination, ttl: TTL, trafficClass: 0xc0, dontFragment: false }, now);
  }

  /** RFC 1122 §3.2.2.6: the same data back, from the address that was asked. */
  #answerEcho(request: Packet, toMany: boolean, now: Micros): void {
    const { view, network, transport, end } = request;
    const packet = this.#packet;
    packet.reset();
    packet.transport = packet.start;
    packet.end = packet.start + (end - transport);
    packet.bytes.set(request.bytes.subarray(transport, end), packet.start);
    const rest = view.getUint32(transport + 4);
    icmp.encode(packet.view, packet.start, packet.end, icmp.ECHO_REPLY, 0, rest);
    const destination = ipv4.source(view, network);
    const source = toMany ? this.#output.sourceFor(destination) : ipv4.destination(view, network);
    if (source === undefined) return;
    this.#send({ source, destination, ttl: TTL, trafficClass: ipv4.trafficClass(view, network), dontFragment: false }, now);
  }

  #echoReply({ view, network, transport, end }: Packet, now: Micros): DropReason | undefined {
    const isAwaited = this.#tell({
      from: ipv4.source(view, network),
      identifier: icmp.echoIdentifier(view, transport),
      sequence: icmp.echoSequence(view, transport),
      length: end - transport - icmp.HEADER,
      ttl: ipv4.ttl(view, network),
      kind: 'reply',
      at: now,
    });
    return isAwaited ? undefined : 'ICMP echo reply that nobody waits for';
  }

  #onError(
    packet: Packet,
    now: Micros,
    from: InterfaceId,
    onError: (report: IcmpErrorReport) => boolean,
  ): DropReason | undefined {
    const { view, transport, end, network } = packet;
    const report = this.#report;
    const verdict = decodeError(view, transport, end, report);
    if (verdict !== 'ok') return verdict === 'ICMP is no error' ? 'ICMP type unknown' : verdict;
    if (!this.#isOwn(report.quotedSource)) return 'ICMP error about nothing of ours';
    report.reporter = ipv4.source(view, network);
    if (report.kind === 'redirect') return this.#redirects.onRedirect(report, ipv4.source(view, network), from, now);
    if (report.quotedProtocol === ipv4.PROTOCOL_ICMP) return this.#errorAboutEcho(now);
    return onError(report) ? undefined : 'ICMP error about nothing of ours';
  }

  #errorAboutEcho(now: Micros): DropReason | undefined {
    const { quotedEchoIdentifier: identifier, quotedEchoSequence: sequence, kind, reporter: from } = this.#report;
    const isAwaited = this.#tell({ from, identifier, sequence, length: 0, ttl: 0, kind, at: now });
    return isAwaited ? undefined : 'ICMP error about nothing of ours';
  }

  /** @returns false when nobody listens */
  #tell(answer: EchoAnswer): boolean {
    const listener = this.echoListeners.get(answer.identifier);
    if (listener === undefined) return false;
    this.#guard.call(() => listener(answer));
    return true;
  }

  /** Ours on a link, or within this host. */
  #isOwn(word: number): boolean {
    return isLoopbackV4(word) || this.#host.addresses.owns(word);
  }

  #send(fields: Omit<ipv4.Ipv4Fields, 'protocol' | 'identification'>, now: Micros): SendResult {
    this.#counters.icmpOut++;
    return this.#output.send(this.#packet, Object.assign(this.#fields, fields), now);
  }
}

/** By code; what the capture shows. */
const WHY_UNREACHABLE: Readonly<Record<number, string>> = {
  [icmp.NET_UNREACHABLE]: 'no route leads there',
  [icmp.HOST_UNREACHABLE]: 'nobody there answers',
  [icmp.PROTOCOL_UNREACHABLE]: 'nobody here speaks the protocol',
  [icmp.PORT_UNREACHABLE]: 'nobody listens on the port',
  [icmp.FRAGMENTATION_NEEDED]: 'too long for the next link, and not to be cut',
  [icmp.ADMINISTRATIVELY_PROHIBITED]: 'it may not go there',
};

/** In the words that the capture shows. */
function whyReported(type: number, code: number): string {
  switch (type) {
    case icmp.TIME_EXCEEDED:
      return code === icmp.TTL_EXCEEDED ? 'its time to live ran out here' : 'fragments of it never came: reassembly timed out';
    case icmp.REDIRECT:
      return 'another router of its own network is nearer';
    case icmp.PARAMETER_PROBLEM:
      return 'an IP option in it is malformed';
    default:
      return WHY_UNREACHABLE[code] ?? 'it cannot be delivered';
  }
}
