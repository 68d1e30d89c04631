/** The user timeout as both ends would have it: RFC 5482. */
import { expect, test } from 'vitest';
import { userTimeoutOf } from '../../../src/stack/tcp/time/user-timeout.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation, established } from '../../conversation.ts';

const ON = { userTimeoutOption: true };

test(
  'RFC 5482 §3.1: without ENABLED nothing is said, and what the peer says is passed over',
  conversation({}, (talk) => {
    const { peer } = talk;
    talk.listens();
    peer.sends(SYN, { seq: 0, userTimeout: 1_000 });
    peer.expects(SYN | ACK, { userTimeout: 0 });
    peer.sends(ACK, { seq: 1, userTimeout: 2_000 });
    expect(userTimeoutOf(talk.connection)).toBe(0);
  }),
);

test(
  'RFC 5482 §3.1: ADV_UTO is in the SYN of an active open, and R2 where the application has said nothing',
  conversation({ tcp: { ...ON, r2: 400 * SECOND } }, (talk) => {
    const { peer } = talk;
    talk.connects();
    peer.expects(SYN, { userTimeout: 400 });
    peer.sends(SYN | ACK, { seq: 0 });
    peer.expects(ACK, { userTimeout: 0 });
  }),
);

for (const [name, tcp, said, expected] of [
  ['the larger of both wishes', { r2: 2 * MINUTE }, 200, 200 * SECOND],
  ['ours when it is the larger', { r2: 5 * MINUTE }, 200, 5 * MINUTE],
  ['not below L_LIMIT', { r2: 10 * SECOND }, 5, 100 * SECOND],
  ['not beyond U_LIMIT', {}, 86_400, 60 * MINUTE],
  ['not CHANGEABLE once the application has set its own', { userTimeout: 30 * SECOND }, 200, 30 * SECOND],
  ['a value of zero means nothing', {}, 0, 0],
] as const)
  test(
    `RFC 5482 §3.1: ${name}`,
    established({ tcp: { ...ON, ...tcp }, peer: { userTimeout: said } }, (talk) => {
      expect(userTimeoutOf(talk.connection)).toBe(expected);
    }),
  );

test(
  "RFC 5482 §3.1, MUST-21: text may stay unacknowledged as long as the peer's wish says",
  established({ tcp: { ...ON, r2: 100 * SECOND, minRto: SECOND, tailLossProbe: false }, peer: { userTimeout: 200 } }, (talk) => {
    const { peer, app } = talk;
    app.writes(1);
    peer.expects(ACK | PSH, { payload: 1 });
    for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) peer.expectsAfter(wait * SECOND, ACK | PSH, { payload: 1 });
    talk.is('ESTABLISHED'); // after 183 s, and R2 is 100
    talk.passes(60 * SECOND);
    talk.is('CLOSED');
    expect(app.failure()).toBe('timed out');
    talk.outgoing.length = 0; // the RST of giving up
  }),
);

test(
  'RFC 5482 §3.1: a change is announced by a segment without text, where there is room for the option',
  established({ tcp: ON }, (talk) => {
    const { peer, connection } = talk;
    connection.setOptions({ userTimeout: 90 * SECOND });
    talk.drain();
    peer.expects(ACK, { userTimeout: 90, reason: 'user timeout changed' });
    connection.setOptions({ noDelay: true });
    talk.drain();
    peer.expectsSilence(MINUTE);
  }),
);
