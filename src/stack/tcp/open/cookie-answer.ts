/** The SYN-ACK that stands for a half-open connection which is not kept: RFC 4987 §3.6. */
import type { Micros } from '../../time.ts';
import type { IpAddress } from '../../wire/ip-address.ts';
import { add } from '../../wire/seq.ts';
import { ACK, ECE, Segment, SYN } from '../../wire/tcp.ts';
import type { FourTuple, Path } from '../connection.ts';
import { asksForEcn } from '../ecn/negotiation.ts';
import type { TcpOptions } from '../options.ts';
import { Timestamps } from '../time/timestamps.ts';
import { announcedMss, shiftOf } from './handshake.ts';
import type { IsnGenerator } from './isn.ts';
import type { HandshakeId, SynCookies } from './syn-cookies.ts';

/** A SYN, and what its answer depends on. */
export interface CookieRequest {
  readonly syn: Segment;
  readonly path: Path;
  readonly remote: IpAddress;
  readonly options: TcpOptions;
}

/** Everything that has to be remembered is in the answer, and comes back with its acknowledgment. */
export function cookieAnswer(cookies: SynCookies, isn: IsnGenerator, request: CookieRequest, now: Micros): Segment {
  const { syn, path, remote, options } = request;
  const id = { local: path.source, localPort: syn.destinationPort, remote, remotePort: syn.sourcePort };
  const answer = new Segment();
  answer.sourcePort = id.localPort;
  answer.destinationPort = id.remotePort;
  answer.flags = SYN | ACK;
  answer.seq = cookies.make(wordsOf(id), syn, now);
  answer.ack = add(syn.seq, 1);
  answer.window = Math.min(options.receiveBuffer, 0xffff);
  answer.freebsdOrder = options.habits.optionOrder === 'freebsd';
  answer.mss = announcedMss(path.interfaceMtu, options.maxSegment);
  answer.reason = 'SYN ACK with a cookie: the backlog is full';
  if (!syn.hasTimestamps || !options.timestamps) return answer; // nowhere to keep more than the MSS
  answer.hasTimestamps = true;
  answer.tsValue = cookies.timestamp(new Timestamps(isn.timestampOffset(id)).value(now), syn);
  answer.tsEcho = syn.tsValue;
  if (asksForEcn(syn) && options.ecn !== 'off') answer.flags |= ECE;
  answer.sackPermitted = syn.sackPermitted && options.sack;
  if (syn.windowShift >= 0 && options.windowScale) answer.windowShift = shiftOf(options);
  return answer;
}

export const wordsOf = ({ local, localPort, remote, remotePort }: FourTuple): HandshakeId => ({
  local: local.w3,
  localPort,
  remote: remote.w3,
  remotePort,
});
