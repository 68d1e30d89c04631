/** What a lecturer can switch, and what a capture shows then; the table in src/stack/tcp/README.md says the same in words. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { TcpOptions } from '../../../src/stack/tcp/options.ts';
import { DEFAULTS } from '../../../src/stack/tcp/options.ts';
import { SECOND } from '../../../src/stack/time.ts';
import { ACK, FIN, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import { conversation, established } from '../../conversation.ts';

/** All that the handshake can agree on. */
const OFFER = { mss: 1000, window: 65_535, windowShift: 7, sackPermitted: true, timestamps: [1000, 0] as const };
const ALL: Partial<TcpOptions> = { sack: true, windowScale: true, timestamps: true };

for (const [name, changes, shown] of [
  ['all on', {}, { sackPermitted: true, windowShift: 7, hasTimestamps: true }],
  ['sack off, RFC 2018 §2', { sack: false }, { sackPermitted: false, windowShift: 7, hasTimestamps: true }],
  ['windowScale off, RFC 7323 §2', { windowScale: false }, { sackPermitted: true, windowShift: -1, hasTimestamps: true }],
  ['timestamps off, RFC 7323 §3', { timestamps: false }, { sackPermitted: true, windowShift: 7, hasTimestamps: false }],
] as const)
  test(
    `${name}: the options of the SYN and of the SYN-ACK`,
    conversation({ tcp: { ...ALL, ...changes } }, (talk) => {
      talk.connects();
      talk.peer.expects(SYN, shown);
      talk.peer.sends(SYN | ACK, { seq: 0, ...OFFER });
      talk.peer.expects(ACK, { hasTimestamps: shown.hasTimestamps, sackPermitted: false, windowShift: -1 });
      const { agreement } = talk.connection;
      expect([agreement.sack, agreement.sendShift > 0, agreement.timestamps]).toEqual([
        shown.sackPermitted,
        shown.windowShift > 0,
        shown.hasTimestamps,
      ]);
    }),
  );

test(
  'ackDelay 0: each segment has its acknowledgment at once (RFC 9293 §3.8.6.3)',
  established({ tcp: { ackDelay: 0 } }, (talk) => {
    const { peer, app } = talk;
    for (let i = 0; i < 40; i++) {
      peer.sends(ACK | PSH, { payload: 100 });
      peer.expects(ACK, { ack: 101 + 100 * i });
      app.reads(100);
    }
  }),
);

test(
  'noDelay: each write its segment (MUST-17)',
  established({ tcp: { noDelay: true } }, (talk) => {
    const { peer, app } = talk;
    for (let i = 0; i < 3; i++) {
      app.writes(10);
      peer.expects(ACK | PSH, { seq: 1 + 10 * i, payload: 10 });
    }
    peer.sends(ACK);
  }),
);

test(
  'fixedRto: the same time between all retransmissions, whatever the round trip (RFC 6298 switched off)',
  established({ tcp: { fixedRto: 3 * SECOND } }, (talk) => {
    const { peer, app } = talk;
    for (let i = 0; i < 2; i++) {
      app.writes(100);
      peer.expects(ACK | PSH, { payload: 100 });
      for (let j = 0; j < 4; j++) peer.expectsAfter(3 * SECOND, ACK | PSH, { seq: 1 + 100 * i, payload: 100 });
      peer.sends(ACK);
    }
  }),
);

test(
  'fixedRto: the SYN too',
  conversation({ tcp: { fixedRto: 2 * SECOND } }, (talk) => {
    talk.connects();
    talk.peer.expects(SYN);
    talk.peer.expectsAfter(2 * SECOND, SYN);
    talk.peer.expectsAfter(2 * SECOND, SYN);
    talk.peer.sends(SYN | ACK, { seq: 0, mss: 1000 });
    talk.peer.expects(ACK);
    talk.app.writes(100);
    talk.peer.expects(ACK | PSH, { payload: 100 });
    talk.peer.expectsAfter(2 * SECOND, ACK | PSH, { payload: 100 });
    talk.peer.sends(ACK);
  }),
);

test(
  'initialSequence: our first number is what was asked for, also after an active open (RFC 6528 switched off)',
  conversation({ tcp: { initialSequence: 1000 } }, (talk) => {
    talk.connects();
    expect(talk.peer.expects(SYN).seq).toBe(1000);
    talk.peer.sends(SYN | ACK, { seq: 0, mss: 1000 });
    talk.peer.expects(ACK, { seq: 1 });
  }),
);

test(
  'initialSequence: of a passive open, beyond 2^31',
  conversation({ tcp: { initialSequence: 0xffff_ff00 } }, (talk) => {
    talk.listens();
    talk.peer.sends(SYN, { seq: 0, mss: 1000 });
    expect(talk.peer.expects(SYN | ACK).seq >>> 0).toBe(0xffff_ff00);
    talk.peer.sends(ACK, { ack: 1 });
    talk.app.writes(1000);
    talk.peer.expects(ACK | PSH, { seq: 1, payload: 1000 });
    talk.peer.sends(ACK);
  }),
);

for (const segments of [1, 2, 4, 10])
  test(
    `initialWindow ${segments}: so many segments before the first acknowledgment (RFC 6928 §2, RFC 5681 §3.1)`,
    established({ tcp: { initialWindow: segments } }, (talk) => {
      const { peer, app } = talk;
      app.writes(20_000);
      peer.takes(1 + 1000 * segments, 1000);
      peer.expectsSilence();
      peer.sends(ACK);
      peer.takes(1 + 1000 * Math.min(3 * segments, 20), 1000); // slow start: twice as many
      peer.expectsSilence();
      while (peer.seen < 20_001) {
        peer.sends(ACK);
        while (talk.outgoing.length > 0)
          peer.expects(talk.outgoing.length === 1 && endsStream(talk) ? ACK | PSH : ACK, { payload: 1000 });
      }
      peer.sends(ACK);
    }),
  );

const endsStream = ({ outgoing }: { readonly outgoing: readonly { readonly segment: { readonly flags: number } }[] }): boolean =>
  ((outgoing[0]?.segment.flags ?? 0) & PSH) !== 0;

test(
  'congestionControl unlimited: the whole receive window at once (RFC 5681 switched off)',
  established({ tcp: { congestionControl: 'unlimited' } }, (talk) => {
    const { peer, app } = talk;
    app.writes(60_000);
    peer.takes(60_001, 1000);
    peer.sends(ACK);
  }),
);

for (const [name, idleRestart, burst] of [
  ['idleRestart initial window: after a silence the initial window again (RFC 5681 §4.1)', 'initial window', 2],
  ['idleRestart none: after a silence the window that there was', 'none', 6],
] as const)
  test(
    name,
    established({ tcp: { idleRestart, initialWindow: 2 } }, (talk) => {
      const { peer, app } = talk;
      app.writes(2000);
      peer.takes(2001, 1000);
      peer.sends(ACK);
      app.writes(4000);
      peer.takes(6001, 1000);
      peer.sends(ACK);
      peer.waits(10 * SECOND);
      app.writes(6000);
      peer.takes(6001 + 1000 * burst, 1000);
      peer.expectsSilence();
      peer.sends(ACK);
      if (burst < 6) peer.takes(12_001, 1000);
      peer.sends(ACK);
    }),
  );

for (const sack of [false, true])
  test(
    `fastRetransmit off${sack ? ', with SACK' : ''}: duplicate acknowledgments repair nothing, the timer does (RFC 5681 §3.2 switched off)`,
    established({ tcp: { fastRetransmit: false, sack, minRto: SECOND }, peer: { sackPermitted: sack } }, (talk) => {
      const { peer, app } = talk;
      app.writes(6000);
      peer.takes(6001, 1000);
      for (let right = 3001; right <= 6001; right += 1000)
        peer.sends(ACK, { ack: 1001, ...(sack ? { sack: [[2001, right]] as const } : {}) });
      peer.expectsAfter(SECOND, ACK, { seq: 1001, payload: 1000, reason: 'retransmission' });
      peer.sends(ACK, { ack: 6001 });
    }),
  );

for (const sack of [false, true])
  test(
    `fastRecovery off${sack ? ', with SACK' : ''}: the third duplicate is answered with one segment and slow start, as in Tahoe`,
    established({ tcp: { fastRecovery: false, sack }, peer: { sackPermitted: sack } }, (talk) => {
      const { peer, app } = talk;
      app.writes(10_000);
      peer.takes(10_001, 1000);
      if (sack) peer.sends(ACK, { ack: 1, sack: [[1001, 4001]] });
      else for (let i = 0; i < 3; i++) peer.sends(ACK, { ack: 1 });
      peer.expects(ACK, { seq: 1, payload: 1000 });
      peer.expectsSilence();
      const { window, threshold } = talk.connection.sender.control;
      expect([window, threshold]).toEqual([1000, 5000]);
      peer.sends(ACK, { ack: 10_001 });
    }),
  );

test(
  'stopAndWait: one segment and its acknowledgment, one segment and its acknowledgment',
  established({ tcp: { stopAndWait: true, noDelay: true }, gsoMaxSize: 65_536 }, (talk) => {
    const { peer, app } = talk;
    app.writes(2500);
    for (const [seq, payload] of [
      [1, 1000],
      [1001, 1000],
      [2001, 500],
    ] as const) {
      peer.expects(payload === 500 ? ACK | PSH : ACK, { seq, payload });
      peer.expectsSilence(0.1 * SECOND);
      peer.sends(ACK);
    }
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100 });
    app.writes(100);
    app.closesWrite();
    peer.expectsSilence(0.1 * SECOND);
    peer.sends(ACK);
    peer.expects(FIN | ACK | PSH, { payload: 100 });
    peer.sends(ACK);
  }),
);

test(
  'stopAndWait: what is lost is repeated by the timer, and nothing else goes out meanwhile',
  established({ tcp: { stopAndWait: true, sack: true }, peer: { sackPermitted: true } }, (talk) => {
    const { peer, app } = talk;
    app.writes(2000);
    peer.expects(ACK, { seq: 1, payload: 1000 });
    peer.expectsAfter(0.2 * SECOND, ACK, { seq: 1, payload: 1000, reason: 'retransmission' });
    peer.sends(ACK);
    peer.expects(ACK | PSH, { seq: 1001, payload: 1000 });
    peer.sends(ACK);
  }),
);

const ROOT = resolve(import.meta.dirname, '../../..');
const TABLE = readFileSync(resolve(ROOT, 'src/stack/tcp/README.md'), 'utf8');
const FOLDER = resolve(ROOT, 'src/stack/tcp/options');
const OPTIONS = readdirSync(FOLDER)
  .map((name) => readFileSync(resolve(FOLDER, name), 'utf8'))
  .join('');
/** `sack=off`: the option in the first column of each row. */
const rows = [...TABLE.matchAll(/^\| `(\w+)=[^`]*` \| (.+) \|$/gm)].map(([, name = '', words = '']) => ({ name, words }));

test('the table of switches names options that there are, and says what a capture then shows', () => {
  for (const { name, words } of rows) {
    expect(Object.keys(DEFAULTS)).toContain(name);
    expect(words.split('|').every((cell) => cell.trim().length > 10)).toBe(true);
  }
});

/** Their names, from this file: what each test here begins with. */
const SWITCHES = [
  'sack',
  'ackDelay',
  'noDelay',
  'windowScale',
  'timestamps',
  'fixedRto',
  'initialSequence',
  'congestionControl',
  'initialWindow',
  'idleRestart',
  'fastRetransmit',
  'fastRecovery',
  'stopAndWait',
] as const satisfies readonly (keyof TcpOptions)[];

test.each(SWITCHES)('the table of switches has %s, and its option has a doc comment', (name) => {
  expect(rows.map((row) => row.name)).toContain(name);
  expect(OPTIONS).toMatch(new RegExp(`\\*/\\n  readonly ${name}:`));
});
