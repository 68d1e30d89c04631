/** Two thousand kernel sockets at once against our web server, ten times over. */
import { expect, test } from 'vitest';
import { CROWD_CLIENT, onTap } from './on-tap.ts';

const [CONNECTIONS, ROUNDS] = [2_000, 10];

interface Round {
  readonly right: number;
  readonly failures: readonly string[];
  readonly left: Readonly<Record<string, number>>;
  readonly http: { readonly halfOpen: number; readonly waiting: number };
  readonly memory: { readonly rss: number; readonly arrayBuffers: number };
}

test(`${CONNECTIONS} connections at once fetch 10 kB each, ${ROUNDS} times: none is left, and memory stays level`, {
  timeout: 300_000,
}, () => {
  // a hundred bytes for each of 2,000 sockets, and the kernel looks for free ports faster among many
  const client = `node ${CROWD_CLIENT} 10.0.0.2 ${CONNECTIONS} 10000 ${ROUNDS}`;
  const output = onTap(`ulimit -n 8000; echo 10000 65000 > /proc/sys/net/ipv4/ip_local_port_range; ${client}`);
  const rounds = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Round);
  expect(rounds).toHaveLength(ROUNDS);
  for (const { right, failures, left, http } of rounds) {
    expect({ right, failures }).toEqual({ right: CONNECTIONS, failures: [] });
    const { 'TIME-WAIT': _, ...others } = left;
    expect(others).toEqual({ ESTABLISHED: 1 }); // the one that asks
    expect(http).toMatchObject({ halfOpen: 0, waiting: 0 });
  }
  // at its height the second half takes no more than the first, give or take what the collector has not got to
  const most = (part: readonly Round[], of: (round: Round) => number): number => Math.max(...part.map(of));
  const [early, late] = [rounds.slice(0, ROUNDS / 2), rounds.slice(ROUNDS / 2)];
  expect(most(late, ({ memory }) => memory.rss)).toBeLessThan(most(early, ({ memory }) => memory.rss) + (100 << 20));
  expect(most(late, ({ memory }) => memory.arrayBuffers)).toBeLessThan(
    most(early, ({ memory }) => memory.arrayBuffers) + (64 << 20),
  );
});
