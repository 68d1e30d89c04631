/** A traceroute in the words of the real one. */
import type { IpAddress } from '../../stack/index.ts';
import { milliseconds } from './columns.ts';
import type { ToolHost } from './tool-host.ts';
import { named } from './tool-host.ts';
import type { Hop } from './traceroute.ts';

/** " 2  r1 (10.0.0.1)  0.412 ms  0.398 ms *": an address is said again only when another router answers. */
export function formatHop(host: Pick<ToolHost, 'nameOf'>, { ttl, probes }: Hop): string {
  let before: IpAddress | undefined;
  const said = probes.map(({ from, rtt, mark }) => {
    if (from === undefined) return '*';
    const who = before?.w3 === from.w3 ? '' : `${named(host, from)}  `;
    before = from;
    return `${who}${milliseconds(rtt)}${mark === '' ? '' : ` ${mark}`}`;
  });
  return `${`${ttl}`.padStart(2)}  ${said.join('  ')}`;
}
