/** Resets sent and received, challenges, TIME-WAIT: RFC 9293 §3.10.7.1, RFC 5961, RFC 1337, RFC 6191. */
import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { after, diff } from '../../../src/stack/wire/seq.ts';
import { ACK, FIN, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation } from '../../conversation.ts';
import { conversation, established } from '../../conversation.ts';

for (const [name, flags, said, answer, expected] of [
  ['with ACK: <SEQ=SEG.ACK><CTL=RST>', ACK, { seq: 5, ack: 77 }, RST, { seq: 77 }],
  ['with ACK and text', ACK, { seq: 5, ack: 77, payload: 9 }, RST, { seq: 77 }],
  ['a SYN: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>', SYN, { seq: 5 }, RST | ACK, { ack: 6 }],
  ['text and FIN without ACK', FIN, { seq: 5, payload: 10 }, RST | ACK, { ack: 16 }],
] as const)
  test(
    `§3.10.7.1, nobody there: ${name}`,
    conversation({}, (talk) => {
      const { peer } = talk;
      peer.sends(flags, said);
      const segment = peer.expects(answer, expected);
      if (answer & ACK) expect(segment.seq).toBe(0);
    }),
  );

test(
  '§3.10.7.1: a reset is never answered',
  conversation({}, ({ peer }) => {
    peer.sends(RST, { seq: 5 });
    peer.sends(RST | ACK, { seq: 5, ack: 7 });
    peer.expectsSilence();
  }),
);

test(
  'SHLD-2, RFC 5961 §3.2: only RCV.NXT itself resets; 1 and the last of the window are challenged; outside is dropped',
  established({}, (talk) => {
    const { peer, app } = talk;
    for (const seq of [2, 65_535]) {
      expect(peer.sends(RST, { seq })).toBe('RST not exactly expected: challenged');
      peer.expects(ACK, { seq: 1, ack: 1, reason: 'challenge ACK: RST not exactly expected' });
    }
    for (const seq of [0, 65_536, -70_000]) expect(peer.sends(RST, { seq })).toBe('RST outside the window');
    peer.expectsSilence();
    peer.sends(RST | ACK, { seq: 1, payload: 20 }); // SHLD-2: with text
    talk.is('CLOSED');
    expect(app.failure()).toBe('reset by peer');
    app.sees('FAILED', 'CLOSED', 'READABLE');
  }),
);

test(
  'MAY-12, RFC 5961 §5.2: an acknowledgment too old, or of what was never sent, is answered and dropped with its text',
  established({ peer: { window: 1000 } }, (talk) => {
    const { peer, app } = talk;
    expect(peer.sends(ACK, { seq: 1, ack: -1000, payload: 5 })).toBe('acknowledgment too old');
    peer.expects(ACK, { ack: 1 });
    expect(peer.sends(ACK, { seq: 1, ack: 2, payload: 5 })).toBe('acknowledges what was never sent');
    peer.expects(ACK, { ack: 1 });
    app.reads(0);
    peer.sends(ACK, { seq: 1, ack: -999, payload: 5 }); // as old as it can be
    peer.expects(ACK, { ack: 6 });
  }),
);

test(
  'RFC 5961 §7: ten challenges a second, counted for this connection alone',
  established({}, (talk) => {
    const { peer } = talk;
    const challenged = (): number => {
      for (let i = 0; i < 25; i++) peer.sends(RST, { seq: 100 });
      return talk.outgoing.splice(0).length;
    };
    expect(challenged()).toBe(10);
    peer.waits(1 * SECOND - 1);
    expect(challenged()).toBe(0);
    peer.waits(1);
    expect(challenged()).toBe(10);
  }),
);

test(
  'the limit does not silence the answer to a keep-alive or to text (268, 269)',
  established({}, (talk) => {
    const { peer } = talk;
    for (let i = 0; i < 25; i++) peer.sends(RST, { seq: 100 });
    talk.outgoing.length = 0;
    for (let i = 0; i < 15; i++) {
      peer.sends(ACK, { seq: 0 });
      peer.expects(ACK, { seq: 1, ack: 1 });
      peer.sends(ACK, { seq: -50, payload: 10 });
      peer.expects(ACK, { seq: 1, ack: 1 });
    }
  }),
);

function toTimeWait({ peer, app }: Conversation): void {
  app.closesWrite();
  peer.expects(FIN | ACK, { seq: 1 });
  peer.sends(FIN | ACK, { seq: 1, ack: 2 });
  peer.expects(ACK, { seq: 2, ack: 2 });
}

test(
  'RFC 1337: a RST does not end TIME-WAIT',
  established({}, (talk) => {
    toTimeWait(talk);
    expect(talk.peer.sends(RST, { seq: 2 })).toBe('RST in TIME-WAIT (RFC 1337)');
    talk.is('TIME-WAIT');
  }),
);

test(
  '§3.10.7.4 eighth: the FIN again in TIME-WAIT is acknowledged and starts the 2 MSL anew',
  established({ silence: 2 * MINUTE }, (talk) => {
    const { peer } = talk;
    toTimeWait(talk);
    peer.waits(50 * SECOND);
    peer.sends(FIN | ACK, { seq: 1, ack: 2 });
    peer.expects(ACK, { seq: 2, ack: 2 });
    peer.expectsSilence(MINUTE - 1);
    talk.is('TIME-WAIT');
    peer.waits(1);
    talk.is('CLOSED');
  }),
);

test(
  'bug 019: what was not read can be read in TIME-WAIT and after it',
  established({ silence: 2 * MINUTE }, (talk) => {
    const { peer, app } = talk;
    app.closesWrite();
    peer.expects(FIN | ACK);
    peer.sends(FIN | ACK, { seq: 1, ack: 2, payload: 300 });
    peer.expects(ACK, { ack: 302 });
    talk.is('TIME-WAIT');
    app.reads(100, 100);
    peer.expectsSilence(2 * MINUTE);
    talk.is('CLOSED');
    app.reads(200);
    expect(talk.connection.isAtEnd).toBe(true);
  }),
);

const stamped = { tcp: { timestamps: true }, peer: { timestamps: [1000, 0] } } as const;
for (const [name, setting, syn, reopens] of [
  ['a number beyond the old ones', {}, { seq: 3 }, true],
  ['a number among the old ones', {}, { seq: 1 }, false],
  ['a newer timestamp, whatever the number', stamped, { seq: -5000, timestamps: [1001, 0] }, true],
  ['the same timestamp and a number beyond', stamped, { seq: 3, timestamps: [1000, 0] }, true],
  ['the same timestamp and an old number', stamped, { seq: 1, timestamps: [1000, 0] }, false],
  ['an older timestamp, whatever the number', stamped, { seq: 9999, timestamps: [999, 0] }, false],
  ['no timestamp now and a number beyond', stamped, { seq: 3, timestamps: 'none' }, true],
] as const)
  test(
    `MAY-2, SHLD-4, RFC 6191 §2, bug 093: a SYN in TIME-WAIT with ${name} ${reopens ? 'opens a new connection' : 'does not'}`,
    established({ ...setting, silence: 0 }, (talk) => {
      const { peer } = talk;
      toTimeWait(talk);
      const old = talk.connection;
      peer.sends(SYN, syn);
      talk.is(reopens ? 'CLOSED' : 'TIME-WAIT');
      const first = talk.outgoing[0]?.segment;
      expect(first?.has(SYN) === true).toBe(reopens);
      if (reopens) expect(after(first!.seq, old.snd.nxt)).toBe(true); // "larger than the largest sequence number it used"
      expect(talk.tcp.connectionCount).toBe(1);
    }),
  );

test(
  'MAY-2: after a fast connection the new number still lies beyond the old ones',
  established(
    { silence: 0, tcp: { congestionControl: 'unlimited', sendBuffer: 2_000_000 }, peer: { windowShift: 5 } },
    (talk) => {
      const { peer, app } = talk;
      for (let i = 0; i < 20; i++) {
        app.writes(50_000);
        peer.takes(app.written, 1000);
        peer.sends(ACK);
      }
      app.closesWrite();
      peer.expects(FIN | ACK);
      peer.sends(FIN | ACK, { seq: 1 });
      const last = talk.connection.snd.nxt;
      talk.outgoing.length = 0;
      peer.sends(SYN, { seq: 100 });
      expect(diff(talk.outgoing[0]!.segment.seq, last)).toBe(65_536);
    },
  ),
);

test(
  'a SYN that nobody listens for does not end TIME-WAIT',
  established({}, (talk) => {
    toTimeWait(talk);
    talk.listener!.accept();
    talk.tcp.unlisten(talk.listener!);
    talk.peer.sends(SYN, { seq: 500 });
    talk.peer.expects(ACK, { seq: 2, ack: 2 });
    talk.is('TIME-WAIT');
  }),
);
