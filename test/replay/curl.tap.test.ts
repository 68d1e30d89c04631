/** curl and ping against the stack, recorded by tcpdump on the TAP: the capture replays, and one changed byte is named. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dissect, readCapture, replay } from '../../src/capture/index.ts';
import { SECOND } from '../../src/stack/index.ts';
import { Tapstack } from '../cli/tapstack.ts';
import { requirePrivateNamespace } from '../node/private.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

const HOST = '10.0.0.2';
/** A busy machine answers late; what is tested here is not its speed. */
const OPTIONS = { host: HOST, tolerance: 2 * SECOND };

/** tcpdump says when it listens, and is told to stop when everything has been said. On a busy machine its own buffer loses frames. */
const SCRIPT = (file: string): string => `
: >listening
tcpdump -B 16384 -i tap0 -U --immediate-mode -w ${file} 2>listening & dump=$!
until grep -q 'listening on' listening; do sleep 0.05; done
ping -q -c 2 -i 0.2 10.0.0.2
curl -s http://10.0.0.2/hello
curl -s http://10.0.0.2/bytes/20000 | wc -c
sleep 0.5
kill -INT $dump; wait $dump`;

describe.each([
  { name: 'with offload', options: [] },
  { name: 'without offload', options: ['--offload', 'off'] },
])('tcpdump on the TAP, $name', ({ name, options }) => {
  const file = `${name.replace(/ /g, '-')}.pcap`;
  const bytes = async (): Promise<Buffer> => {
    const { code, out, err } = await tapstack.beside(SCRIPT(file), options);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Hello from tapstack.');
    return readFileSync(tapstack.path(file));
  };

  test('the capture replays; one changed byte of an answer is named; the command says the same', async () => {
    const capture = await bytes();
    const result = await replay(capture, OPTIONS);
    expect(result.matches, result.report).toBe(true);
    expect(result.compared).toBeGreaterThan(10);

    // the other side is Linux: the stack in its place says the same, with windows and acknowledgments of its own
    const linux = await replay(capture, { ...OPTIONS, host: '10.0.0.1' });
    expect(linux.matches, linux.report).toBe(true);
    expect(linux.notes.join()).toContain('the host is another implementation');

    const { frames } = readCapture(capture);
    const answer = frames.find(({ bytes: frame }) => {
      const { network, transport, payload } = dissect(frame);
      return network?.kind === 'ipv4' && network.source === HOST && transport?.kind === 'tcp' && payload.length > 0;
    })!;
    answer.bytes[14 + 20 + 11]! ^= 1; // the last byte of the acknowledgment; a view of the file
    const changed = await replay(capture, OPTIONS);
    expect(changed.difference?.text).toMatch(/^tcp\.ack: recorded \d+, sent \d+$/);

    const words = ['capture', 'replay', file, '--host', HOST, '--tolerance', '2s'];
    const { code, out } = await tapstack.run(words);
    expect({ code, first: out.split(':')[0] }).toEqual({ code: 0, first: '10.0.0.2 answers as recorded' });
  });
});
