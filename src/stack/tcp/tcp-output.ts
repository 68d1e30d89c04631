/** What IPv4 needs to know of a segment. */
import type { Ipv4Fields } from '../wire/ipv4.ts';
import { PROTOCOL_TCP } from '../wire/ipv4.ts';
import type { SourceRoute } from '../wire/source-route.ts';

/** Where a segment goes, for the IPv4 header; filled by `pollTransmit`. */
export class TcpOutput implements Ipv4Fields {
  source = 0;
  destination = 0;
  readonly protocol = PROTOCOL_TCP;
  ttl = 64;
  trafficClass = 0;
  /** The IP layer's to choose. */
  identification = 0;
  /** RFC 1191 §6.1: every segment, so that the path MTU can be discovered. */
  dontFragment = true;
  sourceRoute: SourceRoute | undefined = undefined;
  /** Longer than the path is known to take, to see whether it does (RFC 4821): never cut into fragments. */
  isPathProbe = false;
}
