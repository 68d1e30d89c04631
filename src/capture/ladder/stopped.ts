/** Who has stopped a packet: a router that drops one says so by ICMP, and quotes it (RFC 792). */
import type { Dissected, Ipv4, Ipv6 } from '../dissect/dissected.ts';

interface Placed {
  readonly packet: Pick<Dissected, 'network' | 'transport'>;
  /** The column of its sender. */
  readonly from: number;
  /** That of whom it is for. */
  readonly to: number;
  readonly lost: boolean;
}

/** @returns for each packet the column of the host that says to have dropped it; undefined where nobody does */
export function stoppedBy(placed: readonly Placed[]): (number | undefined)[] {
  const waiting = new Map<string, number[]>(); // lost packets that nobody has spoken of yet
  const stopped = new Array<number | undefined>(placed.length).fill(undefined);
  for (const [index, { packet, from, lost }] of placed.entries()) {
    const { network, transport } = packet;
    if (network === undefined || network.kind === 'arp') continue;
    if (lost) {
      const alike = waiting.get(keyOf(network));
      if (alike === undefined) waiting.set(keyOf(network), [index]);
      else alike.push(index);
    } else if (transport?.kind === 'icmp' && transport.quoted !== undefined) {
      // what its destination complains of came so far, or did not: nobody on the way has said that
      const alike = waiting.get(keyOf(transport.quoted.network))?.filter((one) => placed[one]?.to !== from) ?? [];
      const first = alike.find((one) => stopped[one] === undefined);
      if (first !== undefined) stopped[first] = from;
    }
  }
  return stopped;
}

const keyOf = (network: Ipv4 | Ipv6): string =>
  `${network.source} ${network.destination} ${network.kind === 'ipv4' ? network.identification : ''}`;
