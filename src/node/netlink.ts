/** What ioctl does not do for everybody, or only with structures that differ between machines: asked by rtnetlink(7). */
import { AF_INET, AF_NETLINK, LITTLE_ENDIAN, libc, SOCK_CLOEXEC, SOCK_RAW } from './libc.ts';

//   0        4      6       8        12      16     17      18    20      24      28       32       34     36       40
//   +--------+------+-------+--------+-------+------+-------+-----+-------+-------+--------+--------+------+--------+
//   | length | type | flags | number | sender| family, padding, kind | index | flags | change | length | type | value  |
//   +--------+------+-------+--------+-------+------+-------+-----+-------+-------+--------+--------+------+--------+
//   | nlmsghdr                               | ifinfomsg                              | one attribute              |
const LENGTH = 40;
const NETLINK_ROUTE = 0;
const RTM_NEWLINK = 16;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const IFLA_TXQLEN = 13;

//   0          16       17      18      19    20      21         22      23     24      28
//   +----------+--------+-------+-------+-----+-------+----------+-------+------+-------+------------------------+
//   | nlmsghdr | family | to /  | from/ | TOS | table | protocol | scope | type | flags | attributes, 8 bytes each |
//   +----------+--------+-------+-------+-----+-------+----------+-------+------+-------+------------------------+
const ROUTE_LENGTH = 28;
const RTM_NEWROUTE = 24;
const NLM_F_EXCL = 0x200;
const NLM_F_CREATE = 0x400;
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const RTN_UNICAST = 1;
const RTA_DST = 1;
const RTA_GATEWAY = 5;
const ATTRIBUTE_LENGTH = 8;

/** In the answer: header, then 0 or a negative errno. */
const ERROR = 16;
const ERROR_LENGTH = 20;

/**
 * Sets an interface's transmit queue length. The ioctl for it (SIOCSIFTXQLEN) wants root of the machine; this wants root of
 * the namespace, which everybody is in a private one.
 *
 * @param index of the interface
 * @returns 0, or the errno
 */
export function setQueueLength(index: number, packets: number): number {
  const request = new Uint8Array(LENGTH);
  const view = new DataView(request.buffer);
  view.setUint32(0, LENGTH, LITTLE_ENDIAN);
  view.setUint16(4, RTM_NEWLINK, LITTLE_ENDIAN);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_ACK, LITTLE_ENDIAN);
  view.setInt32(20, index, LITTLE_ENDIAN);
  view.setUint16(32, LENGTH - 32, LITTLE_ENDIAN);
  view.setUint16(34, IFLA_TXQLEN, LITTLE_ENDIAN);
  view.setUint32(36, packets, LITTLE_ENDIAN);
  return exchange(request);
}

/**
 * Adds a route to the main table, as `ip route add NETWORK/PREFIX via GATEWAY` does.
 *
 * @param network 0 with a prefix length of 0 for the default route
 * @returns 0, or the errno: ENETUNREACH when the gateway is on no link, EEXIST when there is such a route
 */
export function addRoute(network: number, prefixLength: number, gateway: number): number {
  const attributes = [[RTA_DST, network] as const, [RTA_GATEWAY, gateway] as const].slice(prefixLength === 0 ? 1 : 0);
  const length = ROUTE_LENGTH + attributes.length * ATTRIBUTE_LENGTH;
  const request = new Uint8Array(length);
  const view = new DataView(request.buffer);
  view.setUint32(0, length, LITTLE_ENDIAN);
  view.setUint16(4, RTM_NEWROUTE, LITTLE_ENDIAN);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, LITTLE_ENDIAN);
  request.set([AF_INET, prefixLength, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, 0, RTN_UNICAST], 16);
  let at = ROUTE_LENGTH;
  for (const [kind, address] of attributes) {
    view.setUint16(at, ATTRIBUTE_LENGTH, LITTLE_ENDIAN);
    view.setUint16(at + 2, kind, LITTLE_ENDIAN);
    view.setInt32(at + 4, address); // in the byte order of the network
    at += ATTRIBUTE_LENGTH;
  }
  return exchange(request);
}

/** The kernel answers before `send` returns. @returns 0, or the errno */
function exchange(request: Uint8Array): number {
  const fd = libc().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return libc().errno();
  try {
    const answer = new Uint8Array(256);
    if (libc().send(fd, request, request.length, 0) < 0) return libc().errno();
    const length = libc().recv(fd, answer, answer.length, 0);
    if (length < ERROR_LENGTH) return libc().errno();
    return -new DataView(answer.buffer).getInt32(ERROR, LITTLE_ENDIAN);
  } finally {
    libc().close(fd);
  }
}
