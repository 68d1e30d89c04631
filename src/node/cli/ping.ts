/** `tapstack ping`: echo requests from the stack, in the words of the real one. */
import { setTimeout as delay } from 'node:timers/promises';
import type { PingResult } from '../../services/ping.ts';
import { ping as requests } from '../../services/ping.ts';
import { formatPing, formatPingSummary } from '../../services/tools/ping-text.ts';
import type { Micros } from '../../stack/time.ts';
import { ipv4 } from '../../stack/wire/ip-address.ts';
import type { NetworkOptions } from './network-options.ts';
import { openSession, printer } from './session.ts';

export interface PingOptions extends NetworkOptions {
  readonly count: number;
  readonly interval: Micros;
  readonly size: number;
  readonly timeout: Micros;
}

/** @returns 0 when every request was answered */
export async function ping(address: string, options: PingOptions): Promise<number> {
  const { count, interval, size, timeout } = options;
  const session = await openSession(options);
  const { stack, clock } = session.host;
  const print = printer(options);
  const results: PingResult[] = [];
  const sleep = async (time: Micros): Promise<void> => {
    await delay(time / 1000);
  };
  print(`PING ${address} from ${options.ip}: ${size} bytes of data`);
  for await (const result of requests(stack, ipv4(address), { now: () => clock.now(), sleep, count, interval, size, timeout })) {
    results.push(result);
    print(formatPing(result));
  }
  await session.close();
  print(formatPingSummary(results));
  return results.every(({ outcome }) => outcome === 'reply') ? 0 : 1;
}
