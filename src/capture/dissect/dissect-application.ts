/** What speaks over UDP or TCP, told by its port: DNS, DHCP, or nothing that is known. */
import { dissectDhcp } from './dissect-dhcp.ts';
import { dissectDns } from './dissect-dns.ts';
import type { Application, Span, Transport } from './dissected.ts';

const PORT_DNS = 53;
/** RFC 6762 and RFC 4795: the same messages among neighbours. */
const PORT_MDNS = 5353;
const PORT_LLMNR = 5355;
const PORT_DHCP_SERVER = 67;
const PORT_DHCP_CLIENT = 68;

/** @returns undefined where the bytes are no message of that kind, or not all of its header is there */
export function dissectApplication(view: DataView, transport: Transport | undefined, payload: Span): Application | undefined {
  if (payload.length === 0) return undefined;
  if (transport?.kind === 'udp') return overUdp(view, [transport.sourcePort, transport.destinationPort], payload);
  if (transport?.kind === 'tcp' && (transport.sourcePort === PORT_DNS || transport.destinationPort === PORT_DNS))
    return overTcp(view, payload);
  return undefined;
}

function overUdp(view: DataView, ports: readonly number[], payload: Span): Application | undefined {
  if (ports.includes(PORT_DNS)) return dissectDns(view, payload, 'dns');
  if (ports.includes(PORT_MDNS)) return dissectDns(view, payload, 'mdns');
  if (ports.includes(PORT_LLMNR)) return dissectDns(view, payload, 'llmnr');
  if (ports.includes(PORT_DHCP_SERVER) || ports.includes(PORT_DHCP_CLIENT)) return dissectDhcp(view, payload);
  return undefined;
}

/** RFC 1035 §4.2.2: two bytes of length in front. Only a message that is whole in its segment is taken apart. */
function overTcp(view: DataView, { at, length }: Span): Application | undefined {
  if (length < 2 || view.getUint16(at) !== length - 2) return undefined;
  return dissectDns(view, { at: at + 2, length: length - 2 }, 'dns', 2);
}
