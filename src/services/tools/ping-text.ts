/** Pings in words. */
import type { PingResult } from '../ping.ts';
import { summarize } from '../ping.ts';
import { milliseconds } from './columns.ts';

/** "56 bytes from 10.0.0.2: seq 1 ttl 64 time 0.412 ms", or what came instead. */
export const formatPing = ({ sequence, outcome, from, rtt, ttl, length }: PingResult): string =>
  outcome === 'reply'
    ? `${length} bytes from ${from}: seq ${sequence} ttl ${ttl} time ${milliseconds(rtt)}`
    : `seq ${sequence}: ${outcome}${from === undefined ? '' : ` (says ${from})`}`;

/** One or two lines. */
export function formatPingSummary(results: readonly PingResult[]): string {
  const { sent, received, min, average, max } = summarize(results);
  const lost = sent === 0 ? 0 : Math.round((1 - received / sent) * 100);
  const first = `${sent} sent, ${received} received, ${lost}% lost`;
  if (received === 0) return first;
  const times = [min, average, max].map((time) => (time / 1000).toFixed(3)).join('/');
  return `${first}\nround trip min/avg/max ${times} ms`;
}
