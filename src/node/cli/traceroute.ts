/** `tapstack traceroute`: the routers on the way from the stack. */

import type { ToolHost } from '../../services/tools/tool-host.ts';
import { traceroute as hops } from '../../services/tools/traceroute.ts';
import { formatHop } from '../../services/tools/traceroute-text.ts';
import type { Micros } from '../../stack/time.ts';
import { ipv4 } from '../../stack/wire/ip-address.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import type { NetworkOptions } from './network-options.ts';
import { openSession, printer } from './session.ts';

export interface TracerouteOptions extends NetworkOptions {
  readonly icmp?: boolean;
  readonly hops: number;
  readonly queries: number;
  readonly timeout: Micros;
}

/** @returns 0 when the destination has answered */
export async function traceroute(address: string, options: TracerouteOptions): Promise<number> {
  const { icmp = false, hops: maxHops, queries, timeout } = options;
  const session = await openSession(options);
  const print = printer(options);
  const host: ToolHost = { stack: session.host.stack, time: hostTimekeeper(session.host.clock) };
  let isThere = false;
  print(`traceroute to ${address} from ${options.ip}, ${maxHops} hops at most`);
  for await (const hop of hops(host, ipv4(address), { maxHops, queries, timeout, icmp })) {
    print(formatHop(host, hop));
    isThere = hop.reached;
  }
  await session.close();
  return isThere ? 0 : 1;
}
