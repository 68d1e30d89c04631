/** What a capture does not have although it was said: lost before the place of the recording, or passed over by a busy recorder. */
import * as tcp from '../stack/wire/tcp.ts';
import type { Conversation } from './conversation.ts';
import type { Facts } from './facts.ts';
import { payloadLength, tcpAck, tcpFlags, tcpLength, tcpSeq } from './facts.ts';
import type { Recorded } from './recorded.ts';
import type { Recording } from './recording.ts';

/** The host's text came in another order than it was written, and what was missing came later: its first copies were lost on the way. */
export const isMissingSegments = ({ conversations }: Recording): boolean => conversations.some(hasFilledHole);

function hasFilledHole({ kind, hostIsn, frames }: Conversation): boolean {
  if (kind !== 'tcp' || hostIsn === undefined) return false;
  let end = 0;
  const holes: { readonly from: number; readonly to: number }[] = [];
  for (const { isHosts, facts } of frames) {
    if (!isHosts || payloadLength(facts) === 0 || (tcpFlags(facts) & (tcp.SYN | tcp.RST)) !== 0) continue;
    const from = (tcpSeq(facts) - hostIsn - 1) | 0;
    if (holes.some((hole) => from < hole.to && from + payloadLength(facts) > hole.from)) return true;
    if (from > end) holes.push({ from: end, to: from });
    end = Math.max(end, from + payloadLength(facts));
  }
  return false;
}

/** The first frame of the host that acknowledges what the peer is never seen to say: the recorder passed it over. */
export function acknowledgesUnseen({ conversations }: Recording): Recorded | undefined {
  for (const conversation of conversations) {
    if (conversation.kind !== 'tcp' || conversation.peerOffer === undefined) continue;
    const { isn } = conversation.peerOffer;
    const end = wholeUpTo(conversation, isn);
    const found = conversation.frames.find(
      ({ isHosts, facts, checksum }) => isHosts && checksum !== 'bad' && isAck(facts) && ((tcpAck(facts) - isn) | 0) > end,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

const isAck = (facts: Facts): boolean => (tcpFlags(facts) & (tcp.ACK | tcp.RST)) === tcp.ACK;

/** Behind the last place before the first that no frame of the peer has. */
function wholeUpTo({ frames }: Conversation, isn: number): number {
  const spoken = frames.filter(({ isHosts, facts }) => !isHosts && (tcpFlags(facts) & tcp.RST) === 0);
  const pieces = spoken.map(({ facts }) => ({ from: (tcpSeq(facts) - isn) | 0, length: tcpLength(facts) }));
  pieces.sort((a, b) => a.from - b.from);
  let end = 0;
  for (const { from, length } of pieces) if (from <= end) end = Math.max(end, from + length);
  return end;
}
