/** A capture from the other end of a wire has frames before the host had read them: the host's own acknowledgments tell when it had. */
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import * as tcp from '../stack/wire/tcp.ts';
import type { Facts } from './facts.ts';
import { tcpAck, tcpFlags, tcpLength, tcpOptions, tcpSeq } from './facts.ts';
import type { Placed } from './recording.ts';

/** No host leaves a frame unread for longer; what is not acknowledged then has another reason. */
const LONGEST_WAIT: Micros = 20 * MILLISECOND;

/**
 * Text that is in order is acknowledged by the next segment of the host. Where that segment does not, the text had arrived at the
 * place of the recording and was not yet read: it belongs behind.
 */
export function asProcessed(frames: readonly Placed[]): Placed[] {
  const order: Placed[] = [...frames];
  for (let i = 0; i < order.length; i++) {
    const { frame, conversation } = order[i]!;
    if (conversation.kind !== 'tcp') continue;
    if (!frame.isHosts || (tcpFlags(frame.facts) & (tcp.ACK | tcp.RST)) !== tcp.ACK) continue;
    i -= postpone(order, i);
  }
  return order;
}

/** Moves text that segment `at` does not acknowledge behind it. @returns how many frames were moved */
function postpone(order: Placed[], at: number): number {
  const answer = order[at]!;
  const late = unread(before(order, at), answer.frame.facts);
  for (const one of late) order.splice(order.indexOf(one), 1);
  const moved = late.map(({ frame, conversation }) => ({
    frame: { ...frame, at: Math.max(frame.at, answer.frame.at) },
    conversation,
  }));
  order.splice(order.indexOf(answer) + 1, 0, ...moved);
  return late.length;
}

/** The peer's segments since the host's last one in the same conversation, as far as they can be late; oldest first. */
function before(order: readonly Placed[], at: number): Placed[] {
  const answer = order[at]!;
  const found: Placed[] = [];
  for (let i = at - 1; i >= 0; i--) {
    const one = order[i]!;
    if (answer.frame.at - one.frame.at > LONGEST_WAIT) break;
    if (one.conversation !== answer.conversation) continue;
    if (one.frame.isHosts) break;
    found.unshift(one);
  }
  return found;
}

/**
 * From the first segment on that the answer does not know of: it goes on from where the acknowledgment stands, or its timestamp is
 * newer than the one that the answer echoes (RFC 7323 §4.3). Text behind a hole is not acknowledged although it was read.
 */
function unread(segments: readonly Placed[], answer: Facts): readonly Placed[] {
  const echo = tcpOptions(answer);
  const first = segments.findIndex(({ frame: { facts } }) => {
    if ((tcpFlags(facts) & tcp.SYN) !== 0) return false;
    if (tcpLength(facts) > 0 && tcpSeq(facts) === tcpAck(answer)) return true;
    const { hasTimestamps, tsValue } = tcpOptions(facts);
    return hasTimestamps && echo.hasTimestamps && ((tsValue - echo.tsEcho) | 0) > 0 && tcpSeq(facts) === tcpAck(answer);
  });
  return first < 0 ? [] : segments.slice(first);
}
