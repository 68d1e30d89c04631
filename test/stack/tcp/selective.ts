/** A conversation with selective acknowledgments, and a path of 100 ms as the handshake has measured it. */
import { AckSample } from '../../../src/stack/tcp/congestion/control.ts';
import type { TcpOptions } from '../../../src/stack/tcp/options.ts';
import { MILLISECOND } from '../../../src/stack/time.ts';
import { ACK, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation, Said } from '../../conversation.ts';
import { conversation } from '../../conversation.ts';

export const RTT = 100 * MILLISECOND;

/** Segments of 1000 bytes; both sides' next number is 1. */
export const selective = (tcp: Partial<TcpOptions>, body: (talk: Conversation) => void, syn: Said = {}): (() => void) =>
  conversation({ tcp: { sack: true, ...tcp } }, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, mss: 1000, window: 65_535, sackPermitted: true, ...syn });
    peer.expects(SYN | ACK, { seq: 0, ack: 1 });
    peer.waits(RTT);
    peer.sends(ACK, { seq: 1, ack: 1 });
    talk.is('ESTABLISHED');
    talk.connection.app.takeEvents();
    body(talk);
  });

/** What an acknowledgment said, for a congestion control without a connection. */
export const sampleOf = (said: Partial<AckSample>): AckSample => Object.assign(new AckSample(), said);

/** First numbers of the text that waits to be expected; nothing waits any more. */
export const sentNumbers = (talk: Conversation): number[] =>
  talk.outgoing
    .splice(0)
    .filter(({ segment }) => segment.payloadLength > 0)
    .map(({ segment }) => (segment.seq - talk.iss) | 0);
