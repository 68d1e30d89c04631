/** The one question about interfaces that ioctl does not answer to everybody: asked by rtnetlink(7). */
import { AF_NETLINK, LITTLE_ENDIAN, libc, SOCK_CLOEXEC, SOCK_RAW } from './libc.ts';

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
