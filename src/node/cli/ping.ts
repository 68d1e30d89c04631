/** `tapstack ping`: echo requests from the stack, in the words of the real one. */
import { setTimeout as delay } from 'node:timers/promises';
import type { PingResult } from '../../services/ping.ts';
import { ping as requests, summarize } from '../../services/ping.ts';
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
    print(line(result));
  }
  await session.close();
  const { sent, received, min, average, max } = summarize(results);
  print(`${sent} sent, ${received} received, ${Math.round((1 - received / sent) * 100)}% lost`);
  if (received > 0) print(`round trip min/avg/max ${[min, average, max].map(milliseconds).join('/')} ms`);
  return received === sent ? 0 : 1;
}

const line = ({ sequence, outcome, from, rtt, ttl, length }: PingResult): string =>
  outcome === 'reply'
    ? `${length} bytes from ${from}: seq ${sequence} ttl ${ttl} time ${milliseconds(rtt)} ms`
    : `seq ${sequence}: ${outcome}${from === undefined ? '' : ` (says ${from})`}`;

const milliseconds = (time: Micros): string => (time / 1000).toFixed(3);
