/** Who a packet is between: protocol, sender and receiver, as conversations are told apart. */
import type { Dissected } from '../dissect/dissected.ts';
import { protocolName } from '../dissect/names.ts';

export interface Endpoint {
  /** An IP address, or that of Ethernet where there is no IP. */
  readonly address: string;
  /** 0 where the protocol has none. */
  readonly port: number;
}

export interface Ends {
  /** "TCP", "UDP", "ICMP", "ARP", or the name of what else the frame carries. */
  readonly protocol: string;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** @returns undefined for a frame too short to say */
export function endsOf({
  ethernet,
  network,
  transport,
}: Pick<Dissected, 'ethernet' | 'network' | 'transport'>): Ends | undefined {
  if (network === undefined) {
    if (ethernet === undefined) return undefined;
    const protocol = ethernet.llc === undefined ? ethernet.typeName : ethernet.llc.name;
    return { protocol, source: atAddress(ethernet.source), destination: atAddress(ethernet.destination) };
  }
  if (network.kind === 'arp')
    return { protocol: 'ARP', source: atAddress(network.senderIp), destination: atAddress(network.targetIp) };
  const protocol = protocolName(network.protocol);
  if (transport === undefined || transport.kind === 'icmp')
    return { protocol, source: atAddress(network.source), destination: atAddress(network.destination) };
  return {
    protocol,
    source: { address: network.source, port: transport.sourcePort },
    destination: { address: network.destination, port: transport.destinationPort },
  };
}

const atAddress = (address: string): Endpoint => ({ address, port: 0 });

/** "10.0.0.1:80", "10.0.0.1", "[2001:db8::1]:80". */
export function endpointText({ address, port }: Endpoint): string {
  if (port === 0) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
