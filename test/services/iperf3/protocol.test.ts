/** iperf3 byte by byte: what a client of version 3.12 says and hears, and what becomes of those who say something else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeParameters } from '../../../src/services/iperf3/parameters.ts';
import { decodeResults } from '../../../src/services/iperf3/results.ts';
import { Iperf3Error } from '../../../src/services/iperf3/states.ts';
import { Transfer } from '../../../src/services/iperf3/transfer.ts';
import type { TcpSocket } from '../../../src/stack/index.ts';
import { connectTcp, listenTcp, SECOND } from '../../../src/stack/index.ts';
import type { TwoEnds } from './two-ends.ts';
import { BOB, PORT, twoEnds } from './two-ends.ts';

const COOKIE = 'clsdbqaifcmxii5pa7ms6tyvms4brpel6ru4\0';
/** As 3.12 wrote it. */
const PARAMETERS =
  '{"tcp":true,"omit":0,"time":1,"num":0,"blockcount":0,"parallel":1,"len":131072,"pacing_timer":1000,"client_version":"3.12"}';
const RESULTS =
  '{"cpu_util_total":34.66,"cpu_util_user":0.57,"cpu_util_system":34.08,"sender_has_retransmits":1,"congestion_used":"cubic",' +
  '"streams":[{"id":1,"bytes":580648960,"retransmits":18446744073709551615,"jitter":0,"errors":0,"packets":0,"start_time":0,"end_time":1.0}]}';

const message = (text: string): Uint8Array => {
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(Buffer.from(text, 'latin1'), 4);
  return bytes;
};

/** A caller that says exactly these bytes, and hears. */
class Caller {
  readonly #ends: TwoEnds;
  readonly #socket: TcpSocket;

  private constructor(ends: TwoEnds, socket: TcpSocket) {
    this.#ends = ends;
    this.#socket = socket;
  }

  static async call(ends: TwoEnds, ...words: readonly (string | Uint8Array)[]): Promise<Caller> {
    const caller = new Caller(ends, await ends.world.finish(connectTcp(ends.alice, BOB, PORT)));
    for (const word of words) await caller.says(word);
    return caller;
  }

  async says(word: string | Uint8Array): Promise<void> {
    const bytes = typeof word === 'string' ? Buffer.from(word, 'latin1') : word;
    await this.#ends.world.finish(this.#socket.write(bytes).catch(() => {}));
  }

  /** The next bytes; 'end' or 'reset' when there are none any more. */
  async hears(count: number): Promise<number[] | string> {
    try {
      const bytes = await this.#ends.world.finish(this.#socket.read(count, count));
      return bytes === undefined ? 'end' : [...bytes].map((byte) => (byte << 24) >> 24);
    } catch {
      return 'reset';
    }
  }

  async hearsText(): Promise<string> {
    const [a = 0, b = 0, c = 0, d = 0] = (await this.hears(4)) as number[];
    const bytes = (await this.hears(((a & 255) << 24) | ((b & 255) << 16) | ((c & 255) << 8) | (d & 255))) as number[];
    return String.fromCharCode(...bytes);
  }

  close(): void {
    this.#socket.closeWrite();
  }
}

test('the conversation of a client of version 3.12, byte by byte', async () => {
  const ends = twoEnds();
  const control = await Caller.call(ends, COOKIE);
  expect(await control.hears(1)).toEqual([9]); // PARAM_EXCHANGE
  await control.says(message(PARAMETERS));
  expect(await control.hears(1)).toEqual([10]); // CREATE_STREAMS
  const stream = await Caller.call(ends, COOKIE);
  expect(await control.hears(2)).toEqual([1, 2]); // TEST_START, TEST_RUNNING
  await stream.says(new Uint8Array(100_000));
  await ends.world.runFor(SECOND);
  await control.says('\u0004'); // TEST_END
  expect(await control.hears(1)).toEqual([13]); // EXCHANGE_RESULTS
  await control.says(message(RESULTS));
  const results = JSON.parse(await control.hearsText());
  expect(results).toMatchObject({ sender_has_retransmits: -1, congestion_used: 'cubic' });
  expect(results.streams).toMatchObject([{ id: 1, bytes: 100_000, retransmits: -1, errors: 0, packets: 0, start_time: 0 }]);
  expect(await control.hears(1)).toEqual([14]); // DISPLAY_RESULTS
  await control.says('\u0010'); // IPERF_DONE
  expect(await control.hears(1)).toBe('end');
  await ends.world.runFor(SECOND);
  expect(ends.outcomes).toEqual([undefined]);
});

const REFUSED = [-2, 0, 0, 0];
test.each([
  { name: 'a length beyond all bounds', says: '\xff\xff\xff\xff', hears: [...REFUSED, 0, 114] },
  { name: 'no JSON', says: '\0\0\0\u0004{bad', hears: [...REFUSED, 0, 114] },
  { name: 'JSON that is no object', says: '\0\0\0\u0004[[]]', hears: [...REFUSED, 0, 114] },
  { name: 'null', says: '\0\0\0\u0004null', hears: [...REFUSED, 0, 114] },
  { name: 'an abyss of brackets', says: message('['.repeat(8000)), hears: [...REFUSED, 0, 114] },
  { name: 'SCTP', says: message('{"sctp":true}'), hears: [...REFUSED, 0, 18] },
  { name: 'too many streams', says: message('{"tcp":true,"parallel":129}'), hears: [...REFUSED, 0, 6] },
  { name: 'a block of nothing', says: message('{"tcp":true,"len":0}'), hears: [...REFUSED, 0, 7] },
  { name: 'a block of a gigabyte', says: message('{"tcp":true,"len":1073741824}'), hears: [...REFUSED, 0, 7] },
  { name: 'a datagram without room for its number', says: message('{"udp":true,"len":8}'), hears: [...REFUSED, 0, 20] },
  { name: 'a year of omission', says: message('{"tcp":true,"omit":31536000}'), hears: [...REFUSED, 0, 12] },
])('parameters, $name: an error of iperf3, and the server is free', async ({ says, hears }) => {
  const ends = twoEnds();
  const caller = await Caller.call(ends, COOKIE, says);
  expect(await caller.hears(1)).toEqual([9]);
  expect(await caller.hears(hears.length - 1)).toEqual(hears.slice(0, 1).concat(hears.slice(2)));
  caller.close();
  await ends.world.runFor(SECOND);
  expect(ends.outcomes).toHaveLength(1);
  expect(ends.service.connections).toBe(0);
});

/** Where a caller stops making sense. */
const STAGES: readonly { name: string; words: readonly (string | Uint8Array)[]; streams: number }[] = [
  { name: 'at once', words: [], streams: 0 },
  { name: 'within the cookie', words: [COOKIE.slice(0, 20)], streams: 0 },
  { name: 'in place of parameters', words: [COOKIE], streams: 0 },
  { name: 'within the parameters', words: [COOKIE, message(PARAMETERS).subarray(0, 50)], streams: 0 },
  { name: 'before its streams', words: [COOKIE, message(PARAMETERS)], streams: 0 },
  { name: 'while the test runs', words: [COOKIE, message(PARAMETERS)], streams: 1 },
  { name: 'in place of results', words: [COOKIE, message(PARAMETERS), '\u0004'], streams: 1 },
];

test.each(STAGES)('a caller that falls silent $name does not keep the server for ever', async ({ words, streams }) => {
  const ends = twoEnds();
  await callUpTo(ends, words, streams);
  await ends.world.runFor(45 * SECOND);
  expect(ends.service.connections).toBe(0);
  expect((await ends.world.finish(ends.measure())).peer?.streams.size).toBe(1);
});

test.each(STAGES)('a caller that closes $name is forgotten at once', async ({ words, streams }) => {
  const ends = twoEnds();
  (await callUpTo(ends, words, streams)).close();
  await ends.world.runFor(SECOND);
  expect(ends.service.connections).toBe(0);
});

test.each(STAGES)('any bytes $name: never more than the end of that test', async ({ words, streams }) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (noise) => {
      const ends = twoEnds();
      const caller = await callUpTo(ends, words, streams);
      await caller.says(noise);
      caller.close();
      await ends.world.runFor(50 * SECOND);
      expect(ends.service.connections).toBe(0);
    }),
    { numRuns: 12 },
  );
});

/** Says the words, the last of them after its streams. */
async function callUpTo(ends: TwoEnds, words: readonly (string | Uint8Array)[], streams: number): Promise<Caller> {
  const caller = await Caller.call(ends, ...words.slice(0, 2));
  await ends.world.runFor(SECOND / 10);
  for (let i = 0; i < streams; i++) await Caller.call(ends, COOKIE);
  await ends.world.runFor(SECOND / 10);
  for (const word of words.slice(2)) await caller.says(word);
  return caller;
}

test('a stream with another cookie is denied, and the right one is still waited for', async () => {
  const ends = twoEnds();
  const control = await Caller.call(ends, COOKIE, message(PARAMETERS));
  expect(await control.hears(2)).toEqual([9, 10]);
  const stranger = await Caller.call(ends, COOKIE.replace('c', 'x'));
  expect(await stranger.hears(1)).toEqual([-1]);
  await Caller.call(ends, COOKIE);
  expect(await control.hears(2)).toEqual([1, 2]);
});

test('the client terminates: the server is free at once', async () => {
  const ends = twoEnds();
  const caller = await callUpTo(ends, [COOKIE, message(PARAMETERS), '\u000c'], 1);
  await ends.world.runFor(SECOND);
  expect(ends.outcomes).toEqual(['the client has terminated']);
  expect(await caller.hears(4)).toEqual([9, 10, 1, 2]);
});

test.each([
  { name: 'busy', says: '\xff', expected: /busy/ },
  { name: 'an error it names', says: '\t\xfe\0\0\0\u0007\0\0\0\0', expected: /refuses: block size out of range/ },
  { name: 'an error nobody knows', says: '\xfe\0\0\u0003\xe7\0\0\0\0', expected: /refuses: error 999/ },
  { name: 'half an error', says: '\xfe\0', expected: /refuses/ },
  { name: 'that it goes', says: '\u000b', expected: /has terminated/ },
  { name: 'nothing', says: '', expected: /closed the control connection/ },
  { name: 'what is no state', says: 'x', expected: /says 120, which iperf3 does not/ },
  { name: 'results too soon', says: '\r\0\0\0\u0002{}', expected: /closed the control connection/ },
  { name: 'results that are none', says: '\r\0\0\0\u0002{{', expected: /results of the server cannot be read/ },
  { name: 'results without end', says: '\r\xff\xff\xff\xff', expected: /results of the server cannot be read/ },
])('a server that says $name: one line from the client', async ({ says, expected }) => {
  const { world, alice, bob, measure } = twoEnds();
  pretend(bob, Buffer.from(says, 'latin1'));
  const failure = await world.finish(measure({}, { port: 6000 }).catch((error: unknown) => error));
  expect(failure).toBeInstanceOf(Iperf3Error);
  expect((failure as Iperf3Error).message).toMatch(expected);
  await world.runFor(150 * SECOND);
  expect(alice.tcp.connectionCount).toBe(0);
});

test('any bytes from a server: the client ends with one line', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
      const { world, bob, measure } = twoEnds();
      pretend(bob, noise);
      const failure = await world.finish(measure({}, { port: 6000 }).catch((error: unknown) => error));
      expect(failure).toBeInstanceOf(Iperf3Error);
    }),
    { numRuns: 30 },
  );
});

/** A server that says this to everybody and closes. */
function pretend(stack: TwoEnds['bob'], bytes: Uint8Array): void {
  const listener = listenTcp(stack, 6000);
  void (async () => {
    for await (const socket of listener) {
      void (async () => {
        await socket.write(bytes);
        socket.closeWrite();
        for await (const _ of socket);
        await socket.close();
      })().catch(() => {});
    }
  })();
}

test('any JSON object is parameters or an error, and results of some kind', () => {
  const { time } = twoEnds();
  const names = [
    'tcp',
    'udp',
    'omit',
    'time',
    'num',
    'parallel',
    'len',
    'bandwidth',
    'MSS',
    'window',
    'TOS',
    'streams',
    'id',
    'bytes',
  ];
  const member = fc.tuple(fc.constantFrom(...names), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(member), (members) => {
      const json = Object.fromEntries(members);
      const parameters = decodeParameters(json);
      if (typeof parameters === 'number') return;
      expect(parameters.parallel).toBeLessThanOrEqual(128);
      expect(parameters.blockSize).toBeLessThanOrEqual(1024 * 1024);
      const results = decodeResults(json, new Transfer({ parameters, time, observers: [] }));
      for (const { bytes } of results.streams.values()) expect(bytes).toBeGreaterThanOrEqual(0);
    }),
  );
});
