/** Selective acknowledgments that we send: RFC 2018, RFC 2883. */
import { expect, test } from 'vitest';
import { ACK, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation } from '../../conversation.ts';
import { selective } from './selective.ts';

for (const [ours, theirs] of [
  [true, true],
  [true, false],
  [false, true],
  [false, false],
] as const) {
  test(
    `RFC 2018 §2, passive: we ${ours ? 'want' : 'do not want'} it, the peer ${theirs ? 'permits' : 'does not permit'} it`,
    conversation({ tcp: { sack: ours } }, (talk) => {
      const { peer } = talk;
      talk.listens();
      peer.sends(SYN, { seq: 0, sackPermitted: theirs });
      peer.expects(SYN | ACK, { sackPermitted: ours && theirs });
      peer.sends(ACK, { seq: 1, ack: 1 });
      peer.sends(ACK, { seq: 101, payload: 100 });
      peer.expects(ACK, { ack: 1, sack: ours && theirs ? [[101, 201]] : [] });
    }),
  );
  test(
    `RFC 2018 §2, active: we ${ours ? 'want' : 'do not want'} it, the peer ${theirs ? 'permits' : 'does not permit'} it`,
    conversation({ tcp: { sack: ours } }, (talk) => {
      const { peer } = talk;
      talk.connects();
      peer.expects(SYN, { sackPermitted: ours });
      peer.sends(SYN | ACK, { seq: 0, ack: 1, sackPermitted: theirs });
      peer.expects(ACK, { ack: 1, sack: [] });
      expect(talk.connection.agreement.sack).toBe(ours && theirs);
    }),
  );
}

for (const [name, timestamps, blocks] of [
  ['four of them without timestamps', false, 4],
  ['three with timestamps', true, 3],
] as const)
  test(
    `RFC 2018 §3, §4: the newest island first, then those reported before it: ${name}`,
    selective(
      { timestamps },
      ({ peer, connection }) => {
        const reported: [number, number][] = [];
        for (const seq of [201, 401, 801, 1001, 601, 1201]) {
          peer.sends(ACK, { seq, payload: 100 });
          reported.unshift([seq, seq + 100]);
          peer.expects(ACK, { ack: 1, sack: reported.slice(0, blocks), hasTimestamps: timestamps });
        }
        peer.sends(ACK, { seq: 301, payload: 100 }); // joins two: one island now, and the newest
        const rest = reported.filter(([left]) => left !== 201 && left !== 401);
        peer.expects(ACK, { ack: 1, sack: [[201, 501] as const, ...rest].slice(0, blocks) });
        expect(connection.receiver.islands.islands).toBe(5);
      },
      timestamps ? { timestamps: [1, 0] } : {},
    ),
  );

test(
  'RFC 2018 §4: every acknowledgment reports while there is a hole, none when there is none',
  selective({}, ({ peer, app }) => {
    for (const seq of [101, 301]) peer.sends(ACK, { seq, payload: 100 });
    peer.expects(ACK, { sack: [[101, 201]] });
    peer.expects(ACK, {
      sack: [
        [301, 401],
        [101, 201],
      ],
    });
    peer.sends(ACK, { seq: 1, payload: 100 });
    peer.expects(ACK, { ack: 201, sack: [[301, 401]] });
    app.writes(10);
    peer.expects(ACK | PSH, { payload: 10, sack: [] }); // text carries none: there is no room for them in a full segment
    peer.sends(ACK, { seq: 201, payload: 100 });
    peer.expects(ACK, { ack: 401, sack: [] });
    peer.sends(ACK, { seq: 401, payload: 100 });
    peer.expects(ACK, { ack: 501, sack: [] });
    app.reads(500);
  }),
);

test(
  'RFC 2883 §4: a whole duplicate below RCV.NXT is reported once, and only in the next acknowledgment',
  selective({}, ({ peer, app }) => {
    peer.sends(ACK, { seq: 1, payload: 300 });
    peer.expects(ACK, { ack: 301, sack: [] });
    peer.sends(ACK, { seq: 101, payload: 100 });
    peer.expects(ACK, { ack: 301, sack: [[101, 201]] });
    peer.sends(ACK, { seq: 301, payload: 100 });
    peer.expects(ACK, { ack: 401, sack: [] });
    app.reads(400);
  }),
);

test(
  'RFC 2883 §4.1.3: a duplicate inside an island comes first, the island around it second',
  selective({}, ({ peer }) => {
    peer.sends(ACK, { seq: 101, payload: 300 });
    peer.expects(ACK, { sack: [[101, 401]] });
    peer.sends(ACK, { seq: 601, payload: 100 });
    peer.expects(ACK, {
      sack: [
        [601, 701],
        [101, 401],
      ],
    });
    peer.sends(ACK, { seq: 201, payload: 100 });
    peer.expects(ACK, {
      sack: [
        [201, 301],
        [101, 401],
        [601, 701],
      ],
    });
  }),
);

test(
  'RFC 2883: without the agreement nothing is reported',
  selective({ sack: false }, ({ peer, app }) => {
    peer.sends(ACK, { seq: 1, payload: 100 });
    peer.expects(ACK, { ack: 101 });
    peer.sends(ACK, { seq: 1, payload: 100 });
    peer.expects(ACK, { ack: 101, sack: [] });
    app.reads(100);
  }),
);
