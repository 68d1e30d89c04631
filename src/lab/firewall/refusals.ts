/** What the sender of a rejected packet is told: a reset, or by ICMP that it is prohibited. No rule is asked about these. */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { NetworkInterface } from '../../stack/host/interface.ts';
import type { Stack } from '../../stack/stack.ts';
import { resetFor } from '../../stack/tcp/arrive/reset.ts';
import type { Micros } from '../../stack/time.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import type { Flow } from '../conntrack/flow.ts';

/** The host that a firewall stands on. */
export type FirewallHost = Pick<Stack, 'interfaces' | 'tcp' | 'icmp'>;

/** Resets that wait to be sent: no more than the host keeps. */
const MAX_RESETS = 256;

export class Refusals {
  readonly #host: FirewallHost;
  /** The ends of resets that the host will send. */
  readonly #resets = new Set<string>();
  #isReporting = false;

  constructor(host: FirewallHost) {
    this.#host = host;
  }

  /** @param from where the packet came in; @param rule for the note beside a reset */
  send(packet: Packet, from: NetworkInterface, rule: string, now: Micros): void {
    if (ipv4.protocol(packet.view, packet.network) === ipv4.PROTOCOL_TCP) {
      this.#reset(packet, rule);
      return;
    }
    const origin = { id: from.id, isGroupFrame: false, isLoopback: false };
    this.#isReporting = true;
    this.#host.icmp.report(packet, origin, icmp.DESTINATION_UNREACHABLE, icmp.ADMINISTRATIVELY_PROHIBITED, 0, now);
    this.#isReporting = false;
  }

  /** Something that the host sends is one of them. Of a reset this is true once. */
  isOne(flow: Flow): boolean {
    if (this.#isReporting) return true;
    return this.#resets.size > 0 && flow.kind === 'tcp' && (flow.flags & tcp.RST) !== 0 && this.#resets.delete(keyOf(flow));
  }

  /** As if it came from whom the segment was for. What is damaged is answered by nobody. */
  #reset({ view, network, end }: Packet, rule: string): void {
    const at = network + ipv4.headerLength(view, network);
    const [source, destination] = [ipv4.source(view, network), ipv4.destination(view, network)];
    if (!tcp.isValid(view, at, end) || !tcp.isChecksumValid(view, at, end, source, destination)) return;
    const [segment, answer] = [new tcp.Segment(), new tcp.Segment()];
    tcp.decode(view, at, end, segment);
    if (!resetFor(segment, answer)) return;
    const [oldest = ''] = this.#resets;
    if (this.#resets.size >= MAX_RESETS) this.#resets.delete(oldest);
    answer.reason = `RST: rejected by ${rule}`;
    const { sourcePort, destinationPort } = answer;
    this.#resets.add(keyOf({ source: destination, sourcePort, destination: source, destinationPort }));
    this.#host.tcp.answer(answer, source, destination);
  }
}

type Ends = Pick<Flow, 'source' | 'sourcePort' | 'destination' | 'destinationPort'>;

const keyOf = ({ source, sourcePort, destination, destinationPort }: Ends): string =>
  `${source}:${sourcePort} ${destination}:${destinationPort}`;
