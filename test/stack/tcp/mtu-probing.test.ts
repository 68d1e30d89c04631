/** Path MTU discovery without routers' help: RFC 4821, with the names and constants of Linux's tcp_mtu_probing. */
import { expect, test } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '../../../src/stack/time.ts';
import { ACK, PSH, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation, Said } from '../../conversation.ts';
import { conversation, established } from '../../conversation.ts';

const PEER = { mss: 1460, window: 65_535 };

/** The path and a peer behind it: what fits arrives and is acknowledged segment by segment, a longer packet vanishes. */
class Narrow {
  /** What was probed, in order. */
  readonly probes: number[] = [];
  mtu: number;
  readonly #talk: Conversation;
  readonly #options: number;
  /** Text that arrived above a hole. */
  readonly #beyond = new Map<number, number>();
  #nxt = 1;

  constructor(talk: Conversation, mtu: number, options = 0) {
    this.#talk = talk;
    this.mtu = mtu;
    this.#options = options;
  }

  /** A round trip: everything that waits arrives or does not. @returns whether anything was under way */
  round(): boolean {
    const { peer, outgoing, iss } = this.#talk;
    const flight = outgoing.splice(0).map(({ segment }) => segment);
    peer.waits(10 * MILLISECOND);
    for (const segment of flight) {
      const probe = /^path MTU probe: (\d+) bytes$/.exec(segment.reason);
      if (probe !== null) this.probes.push(Number(probe[1]));
      if (segment.payloadLength + 40 + this.#options > this.mtu || segment.payloadLength === 0) continue;
      this.#take((segment.seq - iss) | 0, segment.payloadLength);
      peer.sends(ACK, { ack: this.#nxt, ...this.#blocks() });
      peer.waits(10); // no two at the same moment: their order means something
    }
    return flight.length > 0;
  }

  /** Round after round, until everything written has arrived. */
  carries(to: number): void {
    for (let rounds = 0; this.#nxt < to; rounds++) {
      if (rounds > 2000) this.#talk.fail(`stuck at ${this.#nxt} of ${to}`);
      if (!this.round()) this.#talk.passes(SECOND, true);
    }
  }

  #blocks(): Said {
    if (!this.#talk.connection.agreement.sack || this.#beyond.size === 0) return {};
    const first = Math.min(...this.#beyond.keys());
    let right = first;
    for (let size = this.#beyond.get(right); size !== undefined; size = this.#beyond.get(right)) right += size;
    return { sack: [[first, right]] };
  }

  #take(at: number, length: number): void {
    this.#beyond.set(at, Math.max(length, this.#beyond.get(at) ?? 0));
    for (const [from, size] of [...this.#beyond].sort(([a], [b]) => a - b))
      if (from <= this.#nxt) {
        this.#nxt = Math.max(this.#nxt, from + size);
        this.#beyond.delete(from);
      }
  }
}

test(
  'RFC 4821 §7.7, black hole: full segments time out for 3 s, then the MSS falls to the base of 1024',
  established({ tcp: { mtuProbing: 'blackhole' }, peer: PEER }, (talk) => {
    const { peer, app, connection } = talk;
    app.writes(1460);
    peer.expects(ACK | PSH, { seq: 1, payload: 1460 });
    for (const wait of [200, 400, 800, 1600]) peer.expectsAfter(wait * MILLISECOND, ACK | PSH, { seq: 1, payload: 1460 });
    peer.expectsAfter(3200 * MILLISECOND, ACK, { seq: 1, payload: 1024 });
    expect(connection.sender.control.mss).toBe(1024);
    peer.sends(ACK, { ack: 1025 });
    peer.expects(ACK | PSH, { seq: 1025, payload: 436 });
    peer.sends(ACK, { ack: 1461 });
  }),
);

test(
  '§7.7: when the base is lost too, it is halved; a segment that is no longer than that is not to blame',
  established({ tcp: { mtuProbing: 'blackhole', mtuFloor: 500 }, peer: PEER, silence: 0 }, (talk) => {
    const { peer, app, connection } = talk;
    app.writes(1460);
    peer.expects(ACK | PSH, { seq: 1, payload: 1460 });
    const sizes: number[] = [];
    for (let i = 0; i < 9; i++) {
      peer.waits(connection.rtt.rto);
      sizes.push(...talk.outgoing.splice(0).map(({ segment }) => segment.payloadLength));
    }
    expect(sizes).toEqual([1460, 1460, 1460, 1460, 1024, 512, 500, 500, 500]);
  }),
);

test(
  'off: nothing of the kind happens',
  established({ peer: PEER, silence: 0 }, (talk) => {
    talk.app.writes(1460);
    talk.peer.waits(60 * SECOND);
    expect(new Set(talk.outgoing.map(({ segment }) => segment.payloadLength))).toEqual(new Set([1460]));
  }),
);

test(
  'short segments that time out make no black hole',
  established({ tcp: { mtuProbing: 'blackhole' }, peer: PEER, silence: 0 }, (talk) => {
    talk.app.writes(900);
    talk.peer.waits(60 * SECOND);
    expect(talk.connection.sender.control.mss).toBe(1460);
  }),
);

for (const { sack, path, found } of [
  { sack: false, path: 1500, found: [1500 - 8, 1500] },
  { sack: false, path: 1300, found: [1300 - 8, 1300] },
  { sack: true, path: 1300, found: [1300 - 8, 1300] },
  { sack: false, path: 1064, found: [1064, 1064] },
])
  test(
    `§7.2 always: the search ends within 8 bytes of a path of ${path}${sack ? ', with selective acknowledgments' : ''}, and no probe that was lost cost any window`,
    established({ tcp: { mtuProbing: 'always', sack, sendBuffer: 1 << 20 }, peer: { ...PEER, sackPermitted: sack } }, (talk) => {
      const { app, connection } = talk;
      expect(connection.sender.control.mss).toBe(1024);
      const narrow = new Narrow(talk, path);
      app.writes(400_000);
      narrow.carries(400_001);
      const { control } = connection.sender;
      expect(control.mss + 40).toBeGreaterThanOrEqual(found[0]!);
      expect(control.mss + 40).toBeLessThanOrEqual(found[1]!);
      expect(narrow.probes[0]).toBe((1064 + 1500) >> 1);
      expect(control.threshold).toBe(0x7fff_ffff);
      expect(connection.rtt.backOffs).toBe(0);
    }),
  );

test(
  'a probe needs a window of eleven segments, and text for itself and four more: a short transfer has none',
  established({ tcp: { mtuProbing: 'always' }, peer: PEER }, (talk) => {
    const narrow = new Narrow(talk, 1500);
    talk.app.writes(10_240);
    narrow.carries(10_241);
    for (let i = 0; i < 5; i++) {
      talk.app.writes(5000);
      narrow.carries(10_241 + (i + 1) * 5000);
    }
    expect(narrow.probes).toEqual([]);
  }),
);

test(
  'after ten minutes a finished search begins again, and finds that the path has become wider',
  established({ tcp: { mtuProbing: 'always', sendBuffer: 1 << 20 }, peer: PEER }, (talk) => {
    const narrow = new Narrow(talk, 1200);
    talk.app.writes(300_000);
    narrow.carries(300_001);
    expect(talk.connection.sender.control.mss).toBeLessThanOrEqual(1160);
    narrow.mtu = 1500;
    const probes = narrow.probes.length;
    talk.app.writes(100_000);
    narrow.carries(400_001);
    expect(narrow.probes).toHaveLength(probes);
    talk.peer.waits(10 * MINUTE);
    talk.app.writes(400_000);
    narrow.carries(800_001);
    expect(talk.connection.sender.control.mss).toBeGreaterThanOrEqual(1452);
  }),
);

test(
  'timestamps take their room: the base is text, the probe a packet',
  conversation({ tcp: { mtuProbing: 'always', timestamps: true, sendBuffer: 1 << 20 } }, (talk) => {
    talk.listens();
    talk.peer.sends(SYN, { seq: 0, ...PEER, timestamps: [1000, 0] });
    talk.peer.expects(SYN | ACK, { seq: 0 });
    talk.peer.sends(ACK, { seq: 1, ack: 1 });
    expect(talk.connection.sender.control.mss).toBe(1024);
    const narrow = new Narrow(talk, 1400, 12);
    talk.app.writes(400_000);
    narrow.carries(400_001);
    expect(narrow.probes[0]).toBe((1076 + 1500) >> 1);
    expect(talk.connection.sender.control.mss + 52).toBeGreaterThan(1392);
    expect(talk.connection.sender.control.mss + 52).toBeLessThanOrEqual(1400);
  }),
);

test(
  'TCP_MAXSEG: announced, and the most that is sent',
  conversation({ tcp: { maxSegment: 700 } }, (talk) => {
    talk.listens();
    talk.peer.sends(SYN, { seq: 0, ...PEER });
    talk.peer.expects(SYN | ACK, { seq: 0, mss: 700 });
    talk.peer.sends(ACK, { seq: 1, ack: 1 });
    talk.app.writes(1400);
    talk.peer.takes(1401, 700);
    talk.peer.sends(ACK, { ack: 1401 });
  }),
);
