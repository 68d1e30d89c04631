/** Explicit Congestion Notification: RFC 3168, and the gentler reaction of RFC 8511. */
import { describe, expect, test } from 'vitest';
import type { CongestionControl } from '../../../src/stack/tcp/congestion/control.ts';
import { Cubic } from '../../../src/stack/tcp/congestion/cubic.ts';
import { Reno } from '../../../src/stack/tcp/congestion/reno.ts';
import type { TcpOptions } from '../../../src/stack/tcp/options.ts';
import { SECOND } from '../../../src/stack/time.ts';
import { ACK, CWR, ECE, FIN, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation, Setting } from '../../conversation.ts';
import { conversation } from '../../conversation.ts';

const NOT_ECT = 0;
const ECT1 = 1;
const ECT0 = 2;
const CE = 3;
const ON: Partial<TcpOptions> = { ecn: 'on' };

/** A passive open in which the peer asks and we agree: both sides' next number is 1. */
const agreed = (setting: Setting, body: (talk: Conversation) => void): (() => void) =>
  conversation(setting, (talk) => {
    talk.listens();
    talk.peer.sends(SYN | ECE | CWR, { seq: 0, mss: 1000, ...setting.peer });
    talk.peer.expects(SYN | ACK | ECE, { ecn: NOT_ECT });
    talk.peer.sends(ACK);
    body(talk);
  });

const ecnOf = (talk: Conversation): boolean => talk.connection.ecn !== undefined;

describe('§6.1.1: the agreement', () => {
  test(
    'an ECN-setup SYN has ECE and CWR; a SYN-ACK with ECE alone agrees; neither is ECN-capable, the first text is',
    conversation({ tcp: ON }, (talk) => {
      const { peer, app } = talk;
      talk.connects();
      peer.expects(SYN | ECE | CWR, { ecn: NOT_ECT });
      peer.sends(SYN | ACK | ECE, { seq: 0, mss: 1000 });
      peer.expects(ACK, { ecn: NOT_ECT });
      app.writes(100);
      peer.expects(ACK | PSH, { seq: 1, payload: 100, ecn: ECT0 });
      peer.sends(ACK);
    }),
  );

  test.each([
    ['without ECE: the peer does not speak ECN', SYN | ACK],
    ['with both flags: somebody has reflected ours', SYN | ACK | ECE | CWR],
    ['with CWR alone', SYN | ACK | CWR],
  ])('a SYN-ACK %s: nothing is ECN-capable', (_, flags) =>
    conversation({ tcp: ON }, (talk) => {
      const { peer, app } = talk;
      talk.connects();
      peer.expects(SYN | ECE | CWR);
      peer.sends(flags, { seq: 0, mss: 1000 });
      peer.expects(ACK);
      app.writes(100);
      peer.expects(ACK | PSH, { seq: 1, payload: 100, ecn: NOT_ECT });
      peer.sends(ACK);
      expect(ecnOf(talk)).toBe(false);
    })(),
  );

  test.each<[string, TcpOptions['ecn'], number, number, boolean]>([
    ['passive agrees when asked', 'passive', ECE | CWR, NOT_ECT, true],
    ['so does on', 'on', ECE | CWR, NOT_ECT, true],
    ['off does not', 'off', ECE | CWR, NOT_ECT, false],
    ['ECE alone asks for nothing', 'on', ECE, NOT_ECT, false],
    ['CWR alone asks for nothing', 'on', CWR, NOT_ECT, false],
    ['nobody asks', 'on', 0, NOT_ECT, false],
    ['§6.1.1: a SYN is never ECT(0): somebody rewrites the octet', 'on', ECE | CWR, ECT0, false],
    ['nor CE', 'on', ECE | CWR, CE, false],
  ])('%s', (_, mode, flags, ecn, agrees) =>
    conversation({ tcp: { ecn: mode } }, (talk) => {
      const { peer, app } = talk;
      talk.listens();
      peer.sends(SYN | flags, { seq: 0, mss: 1000, ecn });
      peer.expects(SYN | ACK | (agrees ? ECE : 0), { ecn: NOT_ECT });
      peer.sends(ACK);
      app.writes(100);
      peer.expects(ACK | PSH, { seq: 1, payload: 100, ecn: agrees ? ECT0 : NOT_ECT });
      peer.sends(ACK);
    })(),
  );

  test.each([0, 1, 2])('§6.1.1.1: %i SYNs sent again still ask; a late answer to one that asked agrees on nothing', (retries) =>
    conversation({ tcp: { ...ON, ecnSynRetries: retries } }, (talk) => {
      const { peer, app } = talk;
      talk.connects();
      peer.expects(SYN | ECE | CWR);
      for (let i = 0; i < retries; i++) peer.expectsAfter(2 ** i * SECOND, SYN | ECE | CWR);
      peer.expectsAfter(2 ** retries * SECOND, SYN);
      peer.sends(SYN | ACK | ECE, { seq: 0, mss: 1000 });
      peer.expects(ACK);
      app.writes(100);
      peer.expects(ACK | PSH, { seq: 1, payload: 100, ecn: NOT_ECT });
      peer.sends(ACK);
    })(),
  );

  test(
    '§6.1.1.1: a SYN-ACK sent again by the timer is as often an ECN-setup one as the setting says',
    conversation({ tcp: { ecnSynAckRetries: 1 } }, (talk) => {
      const { peer, app } = talk;
      talk.listens();
      peer.sends(SYN | ECE | CWR, { seq: 0, mss: 1000 });
      peer.expects(SYN | ACK | ECE);
      peer.expectsAfter(SECOND, SYN | ACK | ECE);
      peer.expectsAfter(2 * SECOND, SYN | ACK);
      peer.sends(ACK);
      app.writes(100);
      peer.expects(ACK | PSH, { payload: 100, ecn: NOT_ECT });
      peer.sends(ACK);
    }),
  );

  test(
    '§6.1.1: a peer that repeats its SYN without the flags has given up on ECN, and so do we',
    conversation({}, (talk) => {
      const { peer } = talk;
      talk.listens();
      peer.sends(SYN | ECE | CWR, { seq: 0, mss: 1000 });
      peer.expects(SYN | ACK | ECE);
      peer.sends(SYN, { seq: 0, mss: 1000 });
      peer.expects(SYN | ACK);
      peer.sends(ACK);
      expect(ecnOf(talk)).toBe(false);
    }),
  );

  test.each([
    ['both ask', ECE | CWR, true],
    ['the peer does not', 0, false],
  ])('simultaneous open: %s', (_, flags, agrees) =>
    conversation({ tcp: ON }, (talk) => {
      const { peer, app } = talk;
      const answer = agrees ? ECE : 0;
      talk.connects();
      peer.expects(SYN | ECE | CWR, { seq: 0 });
      peer.sends(SYN | flags, { seq: 0, mss: 1000 });
      peer.expects(SYN | ACK | answer, { seq: 0, ack: 1, ecn: NOT_ECT });
      peer.sends(SYN | ACK | answer, { seq: 0, ack: 1, mss: 1000 });
      app.writes(100);
      peer.expects(ACK | PSH, { payload: 100, ecn: agrees ? ECT0 : NOT_ECT });
      peer.sends(ACK);
    })(),
  );
});

describe('§6.1.3: the receiver echoes a mark', () => {
  test(
    'CE on text: ECE on every acknowledgment until CWR, also on text and on the FIN',
    agreed({}, (talk) => {
      const { peer, app } = talk;
      peer.sends(ACK, { seq: 1, payload: 1000, ecn: ECT0 });
      peer.expects(ACK, { ack: 1001 });
      peer.sends(ACK, { seq: 1001, payload: 1000, ecn: CE });
      peer.expects(ACK | ECE, { ack: 2001, ecn: NOT_ECT });
      peer.sends(ACK, { seq: 2001, payload: 1000, ecn: ECT0 });
      peer.expects(ACK | ECE, { ack: 3001 });
      app.writes(100);
      peer.expects(ACK | PSH | ECE, { payload: 100, ecn: ECT0 });
      peer.sends(ACK | CWR, { seq: 3001, payload: 1000, ecn: ECT0 });
      peer.expects(ACK, { ack: 4001, reason: 'quick ACK' });
      peer.sends(ACK, { seq: 4001, payload: 1000, ecn: CE });
      peer.expects(ACK | ECE, { ack: 5001 });
      app.closesWrite();
      peer.expects(FIN | ACK | ECE, { ecn: NOT_ECT });
      peer.sends(ACK);
    }),
  );

  test(
    'CWR and CE in one segment: the answer to the old mark, and a new one',
    agreed({}, ({ peer }) => {
      peer.sends(ACK, { seq: 1, payload: 1000, ecn: CE });
      peer.expects(ACK | ECE, { ack: 1001 });
      peer.sends(ACK | CWR, { seq: 1001, payload: 1000, ecn: CE });
      peer.expects(ACK | ECE, { ack: 2001 });
    }),
  );

  test(
    'CWR on a bare acknowledgment counts too, and is not answered by itself',
    agreed({}, ({ peer }) => {
      peer.sends(ACK, { seq: 1, payload: 1000, ecn: CE });
      peer.expects(ACK | ECE, { ack: 1001 });
      peer.sends(ACK | CWR);
      peer.expectsSilence();
      peer.sends(ACK, { seq: 1001, payload: 1000, ecn: ECT0 });
      peer.expects(ACK, { ack: 2001 });
    }),
  );

  test(
    'a mark above a hole is echoed by the duplicate acknowledgment',
    agreed({}, ({ peer }) => {
      peer.sends(ACK, { seq: 1001, payload: 1000, ecn: CE });
      peer.expects(ACK | ECE, { ack: 1 });
    }),
  );

  test.each([
    ['§6.1.4: on a bare acknowledgment', {}],
    ['§6.1.5: on text outside the window', { seq: 70_001, payload: 1000 }],
    ['§6.1.5: on text that is here already', { seq: -499, payload: 500 }],
  ])('a mark %s is ignored', (_, said) =>
    agreed({}, ({ peer }) => {
      peer.sends(ACK, { ...said, ecn: CE });
      if ('payload' in said) peer.expects(ACK, { ack: 1 });
      peer.sends(ACK, { seq: 1, payload: 1000, ecn: ECT0 });
      peer.expects(ACK, { ack: 1001 });
    })(),
  );

  test(
    'without an agreement a mark means nothing',
    conversation({}, (talk) => {
      const { peer } = talk;
      talk.establish();
      peer.sends(ACK, { seq: 1, payload: 1000, ecn: CE });
      peer.expects(ACK, { ack: 1001 });
    }),
  );

  /** Sixteen acknowledgments are quick by themselves at first. */
  const slow = (body: (talk: Conversation) => void): (() => void) =>
    agreed({}, (talk) => {
      const { peer } = talk;
      for (let i = 0; i < 16; i++) {
        peer.sends(ACK, { seq: 1 + 100 * i, payload: 100, ecn: ECT1 });
        peer.expects(ACK, { ack: 101 + 100 * i, reason: 'quick ACK' });
      }
      peer.sends(ACK, { seq: 1601, payload: 100, ecn: ECT1 });
      peer.expectsAfter(40_000, ACK, { ack: 1701, reason: 'delayed ACK' });
      body(talk);
    });

  test(
    'a mark is reported without delay, and so is what follows: the sender may have one segment left',
    slow(({ peer }) => {
      peer.sends(ACK, { seq: 1701, payload: 100, ecn: CE });
      peer.expects(ACK | ECE, { ack: 1801, reason: 'quick ACK' });
      peer.sends(ACK, { seq: 1801, payload: 100, ecn: ECT1 });
      peer.expects(ACK | ECE, { ack: 1901, reason: 'quick ACK' });
      peer.sends(ACK, { seq: 1901, payload: 100, ecn: CE }); // no change: the echo goes on
      peer.expectsAfter(40_000, ACK | ECE, { ack: 2001, reason: 'delayed ACK' });
      peer.sends(ACK | CWR, { seq: 2001, payload: 100, ecn: ECT1 });
      peer.expects(ACK, { ack: 2101, reason: 'ACK: the peer has reduced its window' });
    }),
  );

  test(
    'text that is not ECN-capable behind text that was is a retransmission: acknowledged at once',
    slow(({ peer }) => {
      peer.sends(ACK, { seq: 1701, payload: 100, ecn: NOT_ECT });
      peer.expects(ACK, { ack: 1801, reason: 'quick ACK' });
    }),
  );
});

describe('§6.1.2: the sender reduces its window', () => {
  const FLIGHT = 10_000;

  /** Ten segments in flight, and more to send. */
  const sending = (setting: Setting, body: (talk: Conversation) => void): (() => void) =>
    agreed({ silence: 0, ...setting }, (talk) => {
      talk.app.writes(60_000);
      talk.peer.takes(1 + FLIGHT, 1000);
      body(talk);
    });

  const windowOf = (talk: Conversation): number => talk.connection.sender.control.window;

  test.each<[string, Partial<TcpOptions>, number]>([
    ['Reno to a half', { congestionControl: 'reno' }, 5000],
    ['CUBIC to seven tenths', { congestionControl: 'cubic' }, 7000],
    ['RFC 8511 §3: Reno to four fifths', { congestionControl: 'reno', abe: true }, 8000],
    ['RFC 8511 §3: CUBIC to 0.85', { congestionControl: 'cubic', abe: true }, 8500],
  ])('%s, without a loss; the acknowledgment itself earns nothing', (_, tcp, window) =>
    sending({ tcp }, (talk) => {
      talk.peer.sends(ACK | ECE, { ack: 1001 });
      expect(windowOf(talk)).toBe(window);
      expect(talk.connection.sender.control.threshold).toBe(window);
    })(),
  );

  test.each<[string, Partial<TcpOptions>, number]>([
    ['Reno', { congestionControl: 'reno', abe: true }, 5000],
    ['CUBIC', { congestionControl: 'cubic', abe: true }, 7000],
  ])('RFC 8511 §3: a loss costs %s as much as ever', (_, tcp, window) =>
    sending({ tcp }, (talk) => {
      for (let i = 0; i < 3; i++) talk.peer.sends(ACK, { ack: 1 });
      expect(talk.connection.sender.control.threshold).toBe(window);
    })(),
  );

  test(
    'once for a flight, CWR on the next new text and only there; the next flight may cost again',
    sending({}, (talk) => {
      const { peer } = talk;
      for (let ack = 1001; ack <= 5001; ack += 1000) {
        peer.sends(ACK | ECE, { ack });
        peer.expectsSilence(); // five are enough
      }
      peer.sends(ACK | ECE, { ack: 6001 });
      peer.expects(ACK | CWR, { seq: 10_001, payload: 1000, ecn: ECT0 });
      peer.sends(ACK | ECE, { ack: 7001 });
      peer.expects(ACK, { seq: 11_001, payload: 1000, ecn: ECT0 });
      peer.sends(ACK | ECE, { ack: 10_001 });
      for (let seq = 12_001; seq < 15_001; seq += 1000) peer.expects(ACK, { seq, payload: 1000 });
      expect(windowOf(talk)).toBe(5000); // the peer has not had CWR yet
      peer.sends(ACK | ECE, { ack: 11_001 }); // now it has: this is another mark
      expect(windowOf(talk)).toBe(2500);
      peer.sends(ACK, { ack: 15_001 });
      peer.expects(ACK | CWR, { seq: 15_001, payload: 1000, ecn: ECT0 });
    }),
  );

  test.each<[string, CongestionControl]>([
    ['Reno', new Reno(1000)],
    ['CUBIC', new Cubic(1000)],
  ])('RFC 8511 §3: with %s the window never falls below two segments', (_, control) => {
    for (let i = 0; i < 20; i++) control.onEcnEcho(control.window, true, 0);
    expect(control.window).toBe(2000);
    control.onEcnEcho(0, true, 0);
    expect(control.window).toBe(2000);
  });

  test(
    'a loss in the flight of the mark costs nothing more; what is sent again is not ECN-capable (§6.1.5)',
    sending({}, (talk) => {
      const { peer } = talk;
      peer.sends(ACK | ECE, { ack: 1001 });
      for (let i = 0; i < 3; i++) peer.sends(ACK | ECE, { ack: 1001 });
      peer.expects(ACK, { seq: 1001, payload: 1000, ecn: NOT_ECT, reason: 'fast retransmit' });
      expect(talk.connection.sender.control.threshold).toBe(5000);
    }),
  );

  test(
    'a loss in the next flight costs again, although nothing of it is acknowledged yet',
    sending({}, (talk) => {
      const { peer } = talk;
      peer.sends(ACK | ECE, { ack: 10_001 });
      peer.expects(ACK | CWR, { seq: 10_001, payload: 1000 });
      peer.takes(15_001, 1000);
      for (let i = 0; i < 3; i++) peer.sends(ACK, { ack: 10_001 });
      expect(talk.connection.sender.control.threshold).toBe(2500);
    }),
  );

  test(
    'until the flight is over the window does not grow, whatever the acknowledgments say',
    sending({ tcp: { congestionControl: 'cubic' } }, (talk) => {
      const { peer } = talk;
      peer.sends(ACK | ECE, { ack: 1001 });
      for (let ack = 2001; ack <= 10_001; ack += 1000) {
        peer.sends(ACK, { ack });
        expect(windowOf(talk)).toBe(7000);
      }
      peer.waits(20_000);
      peer.sends(ACK, { ack: 17_001 });
      expect(windowOf(talk)).toBeGreaterThan(7000);
    }),
  );

  test(
    'a mark in the flight of a loss costs nothing more; CWR tells of that reduction too',
    sending({}, (talk) => {
      const { peer } = talk;
      for (let i = 0; i < 3; i++) peer.sends(ACK, { ack: 1 });
      peer.expects(ACK, { seq: 10_001, payload: 1000, ecn: ECT0 }); // limited transmit, before the loss is known
      peer.expects(ACK, { seq: 11_001, payload: 1000, ecn: ECT0 });
      peer.expects(ACK, { seq: 1, payload: 1000, ecn: NOT_ECT });
      peer.sends(ACK | ECE, { ack: 12_001 });
      expect(talk.connection.sender.control.threshold).toBe(5000);
      peer.expects(ACK | CWR, { seq: 12_001, payload: 1000, ecn: ECT0 });
    }),
  );

  test.each([
    ['a recovery that turns out to be a mistake is taken back', ACK, 10_000],
    ['not when a mark was echoed meanwhile: the reduction was due in any case', ACK | ECE, 5000],
  ])('RFC 3522 §3.2: %s', (_, flags, least) =>
    agreed({ silence: 0, tcp: { timestamps: true }, peer: { timestamps: [1000, 0] } }, (talk) => {
      const { peer, app } = talk;
      app.writes(60_000);
      const first = peer.expects(ACK, { seq: 1, payload: 988 });
      peer.takes(1 + 10 * 988, 988);
      peer.waits(20_000);
      for (let i = 0; i < 3; i++) peer.sends(ACK, { ack: 1 });
      talk.outgoing.length = 0;
      peer.sends(flags, { ack: 1 });
      expect(talk.connection.sender.control.threshold).toBeLessThan(5000);
      talk.outgoing.length = 0;
      peer.sends(ACK, { ack: 989, timestamps: [1020, first.tsValue] }); // the original has arrived, late
      if (least > 5000) expect(talk.connection.sender.control.threshold).toBeGreaterThan(least);
      else expect(talk.connection.sender.control.threshold).toBeLessThan(least);
      talk.outgoing.length = 0;
      peer.sends(ACK | ECE, { ack: 1977 }); // and if nothing has been paid, the mark is still to be paid for
      expect(talk.connection.sender.control.threshold).toBeLessThan(7000);
    })(),
  );

  test(
    'by Linux the window comes down in proportion to what arrives (RFC 9937 §6.2), and a loss on the way costs nothing more',
    sending({ tcp: { prr: 'always', reduceFrom: 'window' } }, (talk) => {
      const { peer } = talk;
      peer.sends(ACK | ECE, { ack: 2001 });
      peer.expects(ACK | CWR, { seq: 10_001, payload: 1000, ecn: ECT0 }); // half of what has arrived
      peer.sends(ACK | ECE, { ack: 4001 });
      peer.expects(ACK, { seq: 11_001, payload: 1000, ecn: ECT0 });
      peer.sends(ACK, { ack: 4001 });
      peer.expects(ACK, { seq: 12_001, payload: 1000, ecn: ECT0 });
      for (let i = 0; i < 3; i++) peer.sends(ACK, { ack: 4001 }); // the third says so; what has left makes room with the fourth
      peer.expects(ACK, { seq: 4001, payload: 1000, ecn: NOT_ECT });
      expect(talk.connection.sender.control.threshold).toBe(5000);
      peer.sends(ACK, { ack: 12_001 });
      expect(windowOf(talk)).toBe(5000);
    }),
  );

  test(
    'what says nothing of arrivals does not move the window, only the threshold (RFC 9937 §6.2)',
    sending({ tcp: { prr: 'always' } }, (talk) => {
      talk.peer.sends(ACK | ECE, { ack: 1, payload: 100 });
      expect([windowOf(talk), talk.connection.sender.control.threshold]).toEqual([10_000, 5000]);
    }),
  );

  test(
    'the reduction ends with the flight: the window is the threshold, and grows again',
    sending({ tcp: { prr: 'always' } }, (talk) => {
      const { peer } = talk;
      peer.sends(ACK | ECE, { ack: 10_001 }); // nothing is left in flight: as in slow start, what has arrived and one more
      expect(windowOf(talk)).toBe(5000);
      peer.expects(ACK | CWR, { seq: 10_001, payload: 1000 });
      peer.takes(15_001, 1000);
      peer.sends(ACK, { ack: 11_001 });
      expect(talk.connection.sender.recovery.isReducing).toBe(false);
      expect(windowOf(talk)).toBe(5000);
    }),
  );

  test(
    'a time-out in the flight of the mark: the window is one segment, the threshold stays; CWR waits for new text',
    sending({}, (talk) => {
      const { peer } = talk;
      peer.sends(ACK | ECE, { ack: 1001 });
      peer.waits(300_000);
      peer.expects(ACK, { seq: 1001, payload: 1000, ecn: NOT_ECT, reason: 'retransmission' });
      expect(windowOf(talk)).toBe(1000);
      expect(talk.connection.sender.control.threshold).toBe(5000);
      peer.sends(ACK | ECE, { ack: 10_001 });
      expect(talk.connection.sender.control.threshold).toBe(5000);
      peer.expects(ACK | CWR, { seq: 10_001, payload: 1000, ecn: ECT0 });
    }),
  );

  test(
    'ECE means nothing without an agreement',
    conversation({ silence: 0 }, (talk) => {
      const { peer, app } = talk;
      talk.establish();
      app.writes(60_000);
      peer.takes(1 + FLIGHT, 1000);
      peer.sends(ACK | ECE, { ack: 1001 });
      expect(windowOf(talk)).toBe(11_000);
    }),
  );

  test(
    'ECE on an acknowledgment that says nothing of a flight is passed over',
    agreed({}, (talk) => {
      talk.app.writes(1000);
      talk.peer.takes(1001, 1000);
      talk.peer.sends(ACK, { ack: 1001 });
      talk.peer.sends(ACK | ECE, { ack: 1001 });
      expect(windowOf(talk)).toBe(10_000);
    }),
  );

  test(
    '§6.1.6: a window probe is not ECN-capable and carries no CWR',
    agreed({ silence: 0 }, (talk) => {
      const { peer, app } = talk;
      app.writes(3000);
      peer.takes(3001, 1000);
      app.writes(2000);
      peer.takes(5001, 1000);
      peer.sends(ACK | ECE, { ack: 5001, window: 0 });
      app.writes(2000);
      peer.waits(200_000);
      peer.expects(ACK, { seq: 5001, payload: 1, ecn: NOT_ECT, reason: 'zero-window probe' });
      peer.sends(ACK | ECE, { ack: 5002, window: 65_535 });
      peer.expects(ACK | CWR, { seq: 5002, payload: 1000, ecn: ECT0 });
    }),
  );

  test(
    'a burst that the device cuts is ECN-capable as a whole, and carries CWR once',
    agreed({ silence: 0, gsoMaxSize: 65_000 }, ({ peer, app }) => {
      app.writes(60_000);
      peer.expects(ACK, { seq: 1, payload: 10_000, gsoSize: 1000, ecn: ECT0 });
      peer.sends(ACK | ECE, { ack: 10_001 });
      peer.expects(ACK | CWR, { seq: 10_001, payload: 5000, gsoSize: 1000, ecn: ECT0 });
      peer.sends(ACK, { ack: 15_001 });
      peer.expects(ACK, { seq: 15_001, payload: 6000, gsoSize: 1000, ecn: ECT0 });
    }),
  );
});

describe('SYN cookies', () => {
  const asks = { seq: 0, mss: 1000, timestamps: [7, 0] as const };

  test.each<[string, TcpOptions['ecn'], boolean, boolean]>([
    ['the timestamp remembers the agreement', 'passive', true, true],
    ['without a timestamp there is none', 'passive', false, false],
    ['nor when it is turned off', 'off', true, false],
  ])('%s (RFC 4987 §3.6)', (_, ecn, timestamps, agrees) =>
    conversation({ backlog: 0, tcp: { ecn, timestamps: true } }, (talk) => {
      const { peer, app } = talk;
      talk.listens();
      peer.sends(SYN | ECE | CWR, timestamps ? asks : { seq: 0, mss: 1000 });
      const answer = peer.expects(SYN | ACK | (agrees ? ECE : 0), { ecn: NOT_ECT });
      peer.sends(ACK, timestamps ? { timestamps: [8, answer.tsValue] } : {});
      talk.is('ESTABLISHED');
      app.writes(100);
      peer.expects(ACK | PSH, { payload: 100, ecn: agrees ? ECT0 : NOT_ECT });
      peer.sends(ACK);
    })(),
  );

  test(
    'a SYN that does not ask is not remembered as one that does',
    conversation({ backlog: 0, tcp: { timestamps: true } }, (talk) => {
      const { peer } = talk;
      talk.listens();
      peer.sends(SYN, asks);
      const answer = peer.expects(SYN | ACK);
      peer.sends(ACK, { timestamps: [8, answer.tsValue] });
      expect(ecnOf(talk)).toBe(false);
    }),
  );
});

test(
  'MUST-48: the application chooses the DSCP, TCP the two bits of ECN',
  agreed({ tcp: { trafficClass: 0xbb } }, ({ peer, app }) => {
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100, ecn: ECT0 });
    peer.sends(ACK);
  }),
);
