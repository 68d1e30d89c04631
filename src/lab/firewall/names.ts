/** What people call the bits and numbers that rules are about. */
import * as icmp from '../../stack/wire/icmpv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import { TIMESTAMP, TIMESTAMP_REPLY } from '../conntrack/flow.ts';

export const TCP_FLAGS: Readonly<Record<string, number>> = {
  fin: tcp.FIN,
  syn: tcp.SYN,
  rst: tcp.RST,
  psh: tcp.PSH,
  ack: tcp.ACK,
  urg: tcp.URG,
  ece: tcp.ECE,
  cwr: tcp.CWR,
};

/** RFC 792. */
export const ICMP_TYPES: Readonly<Record<string, number>> = {
  'echo-reply': icmp.ECHO_REPLY,
  unreachable: icmp.DESTINATION_UNREACHABLE,
  'source-quench': icmp.SOURCE_QUENCH,
  redirect: icmp.REDIRECT,
  'echo-request': icmp.ECHO_REQUEST,
  'time-exceeded': icmp.TIME_EXCEEDED,
  'parameter-problem': icmp.PARAMETER_PROBLEM,
  timestamp: TIMESTAMP,
  'timestamp-reply': TIMESTAMP_REPLY,
};
