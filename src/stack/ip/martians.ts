/** Packets that a router passes on to nobody, whatever its routes say: RFC 1812 §5.3.7, RFC 3927 §7. */
import * as ip from '../wire/ip-address.ts';

export const MARTIAN_DROPS = ['destination is a reserved address', 'link-local addresses are not forwarded'] as const;
export type MartianDrop = (typeof MARTIAN_DROPS)[number];

/** RFC 3927 §2.1: 169.254/16. */
const isLinkLocal = (word: number): boolean => word >>> 16 === 0xa9fe;

/** Of addresses that a host would take (`checkAddresses`), those that do not go further than a link. */
export function martianDrop(source: number, destination: number): MartianDrop | undefined {
  if (ip.isReservedV4(destination)) return 'destination is a reserved address';
  return isLinkLocal(source) || isLinkLocal(destination) ? 'link-local addresses are not forwarded' : undefined;
}
