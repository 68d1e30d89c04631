/** Behaviour said in three lines in place of the derived one, the matcher, notes on what the capture cannot tell, and what is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplayMatchers } from '../../src/capture/index.ts';
import {
  accept,
  captureBytes,
  close,
  connect,
  echo,
  read,
  readAll,
  replay,
  replayMatchers,
  send,
  wait,
} from '../../src/capture/index.ts';
import { listenTcp, MILLISECOND } from '../../src/stack/index.ts';
import { pattern } from '../two-hosts.ts';
import * as conversations from './conversations.ts';
import { A, B, recordLab } from './lab.ts';

expect.extend(replayMatchers);
declare module 'vitest' {
  interface Matchers<T> extends ReplayMatchers {}
}

const SLOW = { cable: { delay: 5 * MILLISECOND } };

describe('applications', () => {
  test('an echo server in one line', async () => {
    const frames = await recordLab((lab) => conversations.echoed(lab, 3000), SLOW);
    const { matches, report } = await replay(frames, { host: B, application: [accept(80), echo()], tolerance: 0 });
    expect(matches, report).toBe(true);
  });

  test('a server that reads, sends and closes; another answer is named', async () => {
    const frames = await recordLab((lab) => conversations.download(lab, 2000), SLOW);
    const application = [accept(80), read(77), send(pattern(2000)), close()] as const;
    expect((await replay(frames, { host: B, application })).report).toContain('answers as recorded');
    const other = [accept(80), read(77), send('another answer'), close()] as const;
    const { difference } = await replay(frames, { host: B, application: other });
    expect(difference).toMatchObject({ kind: 'field' });
    expect(difference?.text).toMatch(/^[a-z.]+: recorded .+, sent .+$/);
  });

  test('a client from a port of its own choice: ports are translated', async () => {
    const frames = await recordLab((lab) => conversations.download(lab, 2000), SLOW);
    const application = [connect(B, 80), send(pattern(77)), readAll(), close()] as const;
    const { matches, report } = await replay(frames, { host: A, application, seed: 99 });
    expect(matches, report).toBe(true);
  });

  test('a server that is late is said to be', async () => {
    const frames = await recordLab((lab) => conversations.download(lab, 100), SLOW);
    const application = [accept(80), read(77), wait(30 * MILLISECOND), send(pattern(100)), close()] as const;
    const { difference } = await replay(frames, { host: B, application });
    expect(difference?.text).toMatch(/^time: recorded at \d+\.\d+ ms, sent at \d+\.\d+ ms, tolerance 5\.000 ms$/);
  });

  test('a function may do as it likes, and what it throws arrives', async () => {
    const frames = await recordLab((lab) => conversations.echoed(lab, 10), SLOW);
    const silent = await replay(frames, { host: B, application: ({ stack }) => void listenTcp(stack, 80) });
    expect(silent.difference?.kind).toBe('missing');
    const broken = replay(frames, {
      host: B,
      application: () => {
        throw new Error('broken');
      },
    });
    await expect(broken).rejects.toThrow('broken');
  });
});

describe('the matcher', () => {
  test('passes, fails with the report, and takes the bytes of a file', async () => {
    const frames = await recordLab((lab) => conversations.echoed(lab, 10), SLOW);
    await expect(frames).toReplay({ host: B });
    await expect(captureBytes(frames)).toReplay({ host: A });
    await expect(frames).not.toReplay({ host: B, application: [accept(81), echo()] });
    const failed = expect(frames).toReplay({ host: B, application: [accept(81), echo()] });
    await expect(failed).rejects.toThrow(/tcp\.flags: recorded SYN ACK, sent RST ACK/);
  });
});

describe('what a capture can be like', () => {
  test('one side recorded, far away from the host', async () => {
    const frames = (await recordLab((lab) => conversations.echoed(lab, 2000), { cable: { delay: 50 * MILLISECOND } })).filter(
      ({ interfaceId }) => interfaceId === 0,
    );
    const { matches, report, notes } = await replay(frames, { host: B });
    expect(matches, report).toBe(true);
    expect(notes.join()).toContain('taken 50 ms away from the host');
  });

  test('cut by a snap length of 80 bytes', async () => {
    const frames = await recordLab((lab) => conversations.echoed(lab, 5000), SLOW);
    const cut = frames.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, 80), originalLength: frame.bytes.length }));
    const { matches, report, notes } = await replay(cut, { host: B });
    expect(matches, report).toBe(true);
    expect(notes.join()).toContain('cut by the snap length');
  });

  test('without ARP, and with frames of others', async () => {
    const frames = await recordLab((lab) => conversations.echoed(lab, 50), SLOW);
    const spoken = frames.filter(({ bytes }) => bytes[13] !== 6);
    const ipv6 = { ...spoken[3]!, bytes: spoken[3]!.bytes.slice() };
    [ipv6.bytes[12], ipv6.bytes[13]] = [0x86, 0xdd];
    const { matches, report } = await replay([...spoken.slice(0, 4), ipv6, ...spoken.slice(4)], { host: A });
    expect(matches, report).toBe(true);
  });

  test('a frame of the peer with a wrong checksum is fed so', async () => {
    const frames = await recordLab((lab) => conversations.pings(lab, 2));
    const request = frames.find(
      ({ interfaceId, direction, bytes }) => interfaceId === 1 && direction === 'in' && bytes[23] === 1,
    )!;
    const damaged = { ...request, bytes: request.bytes.slice() };
    damaged.bytes[50]! ^= 1;
    const { difference, notes } = await replay(
      frames.map((frame) => (frame === request ? damaged : frame)),
      { host: B },
    );
    expect(difference).toMatchObject({ kind: 'missing' });
    expect(notes.join()).toContain('its checksum is wrong, and fed so');
  });

  test('bytes that are no capture, a host that is not there, a field that does not exist', async () => {
    await expect(replay(new Uint8Array(99), { host: A })).rejects.toThrow(/^no capture/);
    const frames = await recordLab((lab) => conversations.pings(lab, 1));
    await expect(replay(frames, { host: '10.0.0.9' })).rejects.toThrow('those who do: 10.0.0.1, 10.0.0.2');
    await expect(replay(frames, { host: 'bob' })).rejects.toThrow('"bob" is not an IPv4 address');
    await expect(replay(frames, { host: A, mask: ['tcp.windov' as 'tcp'] })).rejects.toThrow('no field "tcp.windov"');
  });

  test('any bytes: a verdict or a line, and an end', async () => {
    const good = captureBytes(await recordLab((lab) => conversations.echoed(lab, 50)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 30 }), async (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const outcome = await replay(bytes, { host: B }).then(
          ({ report }) => report,
          (error: Error) => error.message,
        );
        expect(outcome).toMatch(/\S/);
      }),
      { numRuns: 60 },
    );
  });
});

/** What Nagle's algorithm gathers of several writes is not among them: a capture does not tell how it was written. */
test('conversations of two of our stacks without gathered writes replay from either side', async () => {
  const options = fc.record({
    seed: fc.nat(1_000_000),
    delay: fc.integer({ min: 0, max: 60_000 }),
    sizes: fc.array(fc.integer({ min: 1, max: 1_400 }), { minLength: 1, maxLength: 5 }),
    pause: fc.constantFrom(1000, 30_000, 300_000),
    sack: fc.boolean(),
    timestamps: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(options, async ({ seed, delay, sizes, pause, sack, timestamps }) => {
      const frames = await recordLab((lab) => conversations.messages(lab, sizes, pause), {
        seed,
        cable: { delay },
        tcpA: { noDelay: true, timestamps },
        tcpB: { noDelay: true, sack },
      });
      for (const host of [A, B]) {
        const { matches, report } = await replay(frames, { host });
        expect(matches, report).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
});
