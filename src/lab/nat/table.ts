/** What a NAT knows, for people: rows of text. */
import type { Micros } from '../../stack/time.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as ipv4 from '../../stack/wire/ipv4.ts';
import { formatEnd, protocolName } from '../conntrack/flow.ts';
import { timeLeft } from '../conntrack/time-outs.ts';
import type { Table } from '../network/table.ts';
import type { Forward } from './forward.ts';
import type { End, Mapping, Session } from './mapping.ts';
import type { MappingEvent } from './mapping-table.ts';
import type { NatPlan } from './options.ts';

const COLUMNS = ['protocol', 'inside', 'outside', 'remote', 'state', 'expires in'] as const;

/** What is written down first, then the sessions, in the order in which their mappings were made. */
export function natTable(of: string, plan: NatPlan, mappings: Iterable<Mapping>, now: Micros): Table {
  const fixed = [...plan.outsideOf].map(([inside, outside]) => [
    'any',
    formatV4(inside),
    formatV4(outside),
    '',
    'one to one',
    '',
  ]);
  const forwards = plan.forward.map(forwardRow);
  const sessions = [...mappings].flatMap((mapping) => [...mapping.sessions].map((session) => sessionRow(session, now)));
  return { of, kind: 'nat', columns: COLUMNS, rows: [...fixed, ...forwards, ...sessions], passing: [5], key: [0, 1, 3] };
}

function forwardRow({ protocol, address, first, last, to, toPort }: Forward): string[] {
  const range = (from: number): string => (first === last ? String(from) : `${from}-${from + last - first}`);
  const outside = `${address === undefined ? 'any' : formatV4(address)}:${range(first)}`;
  return [protocolName(protocol), `${formatV4(to)}:${range(toPort)}`, outside, '', 'forwarded', ''];
}

function sessionRow({ mapping, remote, life, deadline }: Session, now: Micros): string[] {
  const { protocol, inside, outside } = mapping;
  const end = ({ address, port }: End): string => formatEnd(protocol, address, port);
  const state = protocol === ipv4.PROTOCOL_TCP ? life.phase : protocol === ipv4.PROTOCOL_ICMP ? 'query' : 'open';
  return [protocolName(protocol), end(inside), end(outside), end(remote), state, timeLeft(deadline, now)];
}

/** "udp 192.168.1.10:50000 = 203.0.113.1:50000 expired" */
export const eventText = ({ kind, mapping }: MappingEvent): string => `${protocolName(mapping.protocol)} ${mapping} ${kind}`;
