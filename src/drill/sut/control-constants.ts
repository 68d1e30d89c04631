/** The numbers of control messages on Linux: socket.h, errqueue.h and tcp.h of its user interface. */
export const SOL_IP = 0;
export const SOL_TCP = 6;
export const IP_RECVERR = 11;
export const TCP_CM_INQ = 36;
export const SO_EE_ORIGIN_ZEROCOPY = 5;
export const SO_EE_CODE_ZEROCOPY_COPIED = 1;

export const CONTROL_CONSTANTS: Readonly<Record<string, number>> = {
  SOL_IP,
  SOL_SOCKET: 1,
  SOL_TCP,
  SOL_UDP: 17,
  IP_RECVERR,
  TCP_CM_INQ,
  TCP_INQ: TCP_CM_INQ,
  SO_EE_ORIGIN_NONE: 0,
  SO_EE_ORIGIN_LOCAL: 1,
  SO_EE_ORIGIN_ICMP: 2,
  SO_EE_ORIGIN_ICMP6: 3,
  SO_EE_ORIGIN_ZEROCOPY,
  SO_EE_CODE_ZEROCOPY_COPIED,
};
