/** A local network for the stories of this folder: hosts 10.0.0.1, 10.0.0.2, … at the ports of one box. */
import type { NetHost, NetHub, NetSwitch } from '../../lab/index.ts';
import type { PingResult } from '../../services/ping.ts';
import type { Stage } from '../stage.ts';

/** pc1 at port 1, pc2 at port 2, … */
export function hostsAt({ network: net }: Stage, box: NetSwitch | NetHub, count: number): NetHost[] {
  return Array.from({ length: count }, (_, index) => {
    const host = net.host(`pc${index + 1}`, { address: `10.0.0.${index + 1}/24` });
    net.cable(host, box.port(`${index + 1}`));
    return host;
  });
}

/** How many frames came to each, whoever they were for. */
export const framesHeard = (hosts: readonly NetHost[]): number[] => hosts.map(({ stack }) => stack.counters.framesIn);

/** "pc1: reply" for each answer. */
export const outcomes = (results: readonly PingResult[]): string[] => results.map(({ outcome }) => outcome);

/** What a switch has learnt: Ethernet address and port. */
export const learnt = (stage: Stage, box: NetSwitch): string[] =>
  stage.rows(box, 'mac').map((row) => row.slice(0, -1).join(' at '));
