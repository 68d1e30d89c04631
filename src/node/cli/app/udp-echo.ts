/** `tapstack app udp-echo`: a datagram, and whether it comes back. */
import { udpEcho } from '../../../services/apps/udp-echo.ts';
import { encodeUtf8 } from '../../../stack/bytes/utf8.ts';
import type { NetworkOptions } from '../network-options.ts';
import { withClient } from './client.ts';

/** @returns 0 when it came back */
export const echo = (address: string, port: number, words: readonly string[], options: NetworkOptions): Promise<number> =>
  withClient(address, port, options, async ({ stack, time, to, print }) => {
    const bytes = encodeUtf8(words.length === 0 ? 'hello' : words.join(' '));
    const result = await udpEcho(stack, to, bytes, { time });
    if (result === undefined) {
      print(`${bytes.length} bytes to ${address}:${port}: no answer`);
      return 1;
    }
    print(`${bytes.length} bytes back from ${address}:${port} at try ${result.tries} after ${(result.rtt / 1000).toFixed(3)} ms`);
    return 0;
  });
