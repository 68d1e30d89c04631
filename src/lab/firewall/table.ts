/** What a firewall knows, for people: rows of text. */
import type { Micros } from '../../stack/time.ts';
import type { Connections } from '../conntrack/connections.ts';
import { timeLeft } from '../conntrack/time-outs.ts';
import type { Table } from '../network/table.ts';
import type { Rules } from './rules.ts';

export function ruleTable(of: string, rules: Rules): Table {
  const rows = rules
    .list()
    .map(({ chain, name, action, words, packets, bytes }) => [chain || 'all', name, action, words, `${packets}`, `${bytes}`]);
  return {
    of,
    kind: 'firewall',
    columns: ['chain', 'rule', 'action', 'means', 'packets', 'bytes'],
    rows,
    passing: [4, 5],
    key: [1],
  };
}

export function connectionTable(of: string, connections: Connections, now: Micros): Table {
  const rows = connections.rows().map(({ words, deadline }) => [...words, timeLeft(deadline, now)]);
  return {
    of,
    kind: 'conntrack',
    columns: ['protocol', 'from', 'to', 'state', 'expires in'],
    rows,
    passing: [4],
    key: [0, 1, 2],
  };
}
