/** Whether two sights are of the same frame: by what stays the same on its way from interface to interface. */

/** From the Ethernet destination on: the type, and what routers change of an IPv4 header, up to its addresses. */
const [TYPE, TRAFFIC_CLASS, TTL, CHECKSUM, ADDRESSES] = [12, 15, 22, 24, 26] as const;
const MARK = 3;

/**
 * The bits of a byte that last. Routers change the Ethernet addresses, the time to live, the mark of congestion and with them
 * the checksum of the IPv4 header.
 */
function lastingBits(index: number): number {
  if (index < TYPE || index === TTL || index === CHECKSUM || index === CHECKSUM + 1) return 0;
  return index === TRAFFIC_CLASS ? 0xff & ~MARK : 0xff;
}

export const isIpv4 = (bytes: Uint8Array): boolean => bytes[TYPE] === 8 && bytes[TYPE + 1] === 0;

/** FNV-1a of what lasts: sights of the same frame have the same number, others nearly always different ones. */
export function hashOf(bytes: Uint8Array): number {
  const changing = isIpv4(bytes) ? ADDRESSES : 0;
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++)
    hash = Math.imul(hash ^ (bytes[at]! & (at < changing ? lastingBits(at) : 0xff)), 0x01000193);
  return hash;
}

export const isSame = (one: Uint8Array, other: Uint8Array): boolean => differences(one, other, 0) === 0;

/** In how many bytes what lasts is different; counted up to one more than `most`. */
export function differences(one: Uint8Array, other: Uint8Array, most: number): number {
  if (one.length !== other.length) return most + 1;
  const changing = isIpv4(one) ? ADDRESSES : 0;
  let count = 0;
  for (let at = 0; at < one.length && count <= most; at++)
    if (((one[at]! ^ other[at]!) & (at < changing ? lastingBits(at) : 0xff)) !== 0) count++;
  return count;
}
