/** What the kernel counted on its side of a link: frames that it lost on the way to us never became ours to count. */
import { readFileSync } from 'node:fs';

/** In the kernel's words: it receives what we send. */
export interface KernelCounters {
  readonly received: number;
  readonly receiveErrors: number;
  /** Frames of ours that it did not take in. */
  readonly receiveDropped: number;
  readonly sent: number;
  readonly sendErrors: number;
  /** Frames for us for which there was no room. */
  readonly sendDropped: number;
}

/** Of this process's own network namespace, which /sys/class/net is not. */
const TABLE = '/proc/self/net/dev';

/** @returns undefined when there is no such interface, or no such table */
export function readKernelCounters(name: string): KernelCounters | undefined {
  try {
    return parseKernelCounters(readFileSync(TABLE, 'latin1'), name);
  } catch {
    return undefined;
  }
}

/** A line an interface: its name, eight numbers of what was received and eight of what was sent (proc_net(5)). */
export function parseKernelCounters(table: string, name: string): KernelCounters | undefined {
  const line = table.split('\n').find((row) => row.trimStart().startsWith(`${name}:`));
  const numbers =
    line
      ?.slice(line.indexOf(':') + 1)
      .trim()
      .split(/\s+/)
      .map(Number) ?? [];
  if (numbers.length < 16 || numbers.some((value) => !Number.isFinite(value))) return undefined;
  const [, received = 0, receiveErrors = 0, receiveDropped = 0] = numbers;
  const [, sent = 0, sendErrors = 0, sendDropped = 0] = numbers.slice(8);
  return { received, receiveErrors, receiveDropped, sent, sendErrors, sendDropped };
}

/** What came to it after `before`, which is nothing for an interface that is new. */
export function sinceThen(now: KernelCounters | undefined, before: KernelCounters | undefined): KernelCounters | undefined {
  if (now === undefined || before === undefined) return now;
  return {
    received: now.received - before.received,
    receiveErrors: now.receiveErrors - before.receiveErrors,
    receiveDropped: now.receiveDropped - before.receiveDropped,
    sent: now.sent - before.sent,
    sendErrors: now.sendErrors - before.sendErrors,
    sendDropped: now.sendDropped - before.sendDropped,
  };
}
