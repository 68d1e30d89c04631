/** Who is concerned by an ICMP error: the connection or the socket whose packet it quotes, RFC 1122 §4.1.3.3 and §4.2.3.9. */
import type { Packet } from '../bytes/packet.ts';
import type { IcmpErrorKind, IcmpErrorReport } from '../ip/icmp-report.ts';
import { severityForTcp } from '../ip/icmp-report.ts';
import type { PathMtu } from '../ip/path-mtu.ts';
import type { StackObserver } from '../observer.ts';
import type { TcpFailure } from '../tcp/application-side.ts';
import type { TcpFault } from '../tcp/arrive/icmp.ts';
import type { Tcp } from '../tcp/tcp.ts';
import type { Micros } from '../time.ts';
import { reasonOf } from '../udp/failure.ts';
import type { Udp } from '../udp/udp.ts';
import { UdpOut } from '../udp/udp.ts';
import * as ipv4 from '../wire/ipv4.ts';
import { seq } from '../wire/seq.ts';
import { finalDestination } from '../wire/source-route.ts';
import * as tcpWire from '../wire/tcp.ts';
import * as udpWire from '../wire/udp.ts';

export class IcmpDispatch {
  readonly #tcp: Tcp;
  readonly #udp: Udp;
  readonly #pathMtu: PathMtu;
  readonly #udpLost = new UdpOut();
  readonly #observer: StackObserver | undefined;

  constructor(tcp: Tcp, udp: Udp, pathMtu: PathMtu, observer: StackObserver | undefined = undefined) {
    this.#observer = observer;
    this.#tcp = tcp;
    this.#udp = udp;
    this.#pathMtu = pathMtu;
  }

  /** A valid error that quotes a packet from one of our addresses. @returns false when it concerns nobody here */
  error(report: IcmpErrorReport, now: Micros): boolean {
    switch (report.quotedProtocol) {
      case ipv4.PROTOCOL_TCP:
        return this.#forTcp(report, now);
      case ipv4.PROTOCOL_UDP:
        return this.#forUdp(report, now);
      default:
        return false;
    }
  }

  /** Nobody answered ARP for the packet, whose IPv4 header is first in its live part: its sender learns that at once. */
  unreachable(packet: Packet): void {
    const { view, start } = packet;
    const at = start + ipv4.headerLength(view, start);
    const local = ipv4.source(view, start);
    const remote = finalDestination(view, start);
    if (ipv4.fragmentOffset(view, start) !== 0) return;
    if (ipv4.protocol(view, start) === ipv4.PROTOCOL_TCP) {
      const fault: TcpFault = { kind: 'local', failure: 'host unreachable', pathMtu: 0 };
      this.#tcp.onIcmpError(
        local,
        tcpWire.sourcePort(view, at),
        remote,
        tcpWire.destinationPort(view, at),
        tcpWire.sequence(view, at),
        fault,
      );
    } else if (ipv4.protocol(view, start) === ipv4.PROTOCOL_UDP) {
      this.#udpLost.source = local;
      this.#udpLost.destination = remote;
      this.#udpLost.sourcePort = udpWire.sourcePort(view, at);
      this.#udpLost.destinationPort = udpWire.destinationPort(view, at);
      this.#udp.onSendFailure(this.#udpLost, 'host unreachable');
    }
  }

  #forTcp(report: IcmpErrorReport, now: Micros): boolean {
    const { quotedSource: local, quotedSourcePort, quotedDestination: remote, quotedDestinationPort } = report;
    const quoted = seq(report.quotedSequence);
    const severity = severityForTcp(report.kind, false);
    if (severity === 'none') return true; // MUST-55: source quench is read and forgotten
    let pathMtu = 0;
    if (severity === 'path MTU') {
      // RFC 5927 §7.2: believed only when the quoted segment is in flight
      if (!this.#tcp.isInFlight(local, quotedSourcePort, remote, quotedDestinationPort, quoted)) return false;
      pathMtu = this.#learnPathMtu(remote, report, now);
    }
    const kind = severity === 'path MTU' ? 'fragmentation needed' : severity;
    const fault: TcpFault = { kind, failure: failureOf(report.kind), isProhibition: report.kind.endsWith('prohibited'), pathMtu };
    return this.#tcp.onIcmpError(local, quotedSourcePort, remote, quotedDestinationPort, quoted, fault);
  }

  #forUdp(report: IcmpErrorReport, now: Micros): boolean {
    const reason = reasonOf(report.type, report.code);
    if (reason === undefined) return true; // redirects and source quench are no business of an application
    const lost = this.#udpLost;
    lost.source = report.quotedSource;
    lost.destination = report.quotedDestination;
    lost.sourcePort = report.quotedSourcePort;
    lost.destinationPort = report.quotedDestinationPort;
    if (!this.#udp.onSendFailure(lost, reason, report.reporter)) return false;
    if (report.kind === 'fragmentation needed') this.#learnPathMtu(lost.destination, report, now);
    return true;
  }

  #learnPathMtu(destination: number, report: IcmpErrorReport, now: Micros): number {
    this.#pathMtu.onFragmentationNeeded(destination, report.nextHopMtu, report.quotedTotalLength, now);
    const pathMtu = this.#pathMtu.mtuFor(destination, ipv4.MAX_PACKET, now);
    this.#observer?.pathMtuLearnt(destination, pathMtu);
    return pathMtu;
  }
}

function failureOf(kind: IcmpErrorKind): TcpFailure {
  switch (kind) {
    case 'port unreachable':
    case 'protocol unreachable':
    case 'source route failed':
    case 'parameter problem':
      return kind;
    case 'host unknown':
      return 'host down';
    case 'source host isolated':
      return 'host isolated';
    case 'net unreachable':
    case 'net unknown':
    case 'net prohibited':
    case 'net unreachable for type of service':
      return 'network unreachable';
    default:
      return 'host unreachable';
  }
}
