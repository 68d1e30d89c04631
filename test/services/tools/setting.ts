/** A client, two routers and a server in virtual time, and the tools of the client. */
import type { Cable, Router } from '../../../src/lab/index.ts';
import { host, router, World } from '../../../src/lab/index.ts';
import type { ToolHost } from '../../../src/services/tools/tool-host.ts';
import type { Stack } from '../../../src/stack/index.ts';
import { ipv4, MILLISECOND, MINUTE } from '../../../src/stack/index.ts';
import { settle } from '../../two-hosts.ts';
import { worldTimekeeper } from '../iperf3/two-ends.ts';

export interface Setting {
  readonly world: World;
  /** 10.0.1.1 */
  readonly client: ToolHost;
  /** 10.0.3.1 */
  readonly server: Stack;
  readonly first: Router;
  /** Lets time pass until it is done. */
  readonly done: <T>(work: Promise<T>) => Promise<T>;
}

const NAMES: Readonly<Record<string, string>> = { server: '10.0.3.1', r1: '10.0.1.254', r2: '10.0.2.2' };

/** client -- r1 -- r2 -- server, a millisecond each. @param options of the second router */
export function setting(options: { readonly isSilent?: boolean } = {}): Setting {
  const world = new World({ settle });
  const [near, middle, far] = [1, 2, 3].map(() => world.cable({ delay: MILLISECOND })) as [Cable, Cable, Cable];
  const stack = host(world, 'client', near.a, { address: '10.0.1.1/24', gateway: '10.0.1.254' });
  const first = router(world, 'r1', {
    ports: [
      { end: near.b, address: '10.0.1.254/24' },
      { end: middle.a, address: '10.0.2.1/24' },
    ],
    routes: { '10.0.3.0/24': '10.0.2.2' },
  });
  router(world, 'r2', {
    ports: [
      { end: middle.b, address: '10.0.2.2/24' },
      { end: far.a, address: '10.0.3.254/24' },
    ],
    routes: { '10.0.1.0/24': '10.0.2.1' },
    ...options,
  });
  const server = host(world, 'server', far.b, { address: '10.0.3.1/24', gateway: '10.0.3.254' });
  const client: ToolHost = {
    stack,
    time: worldTimekeeper(world),
    resolve: (name) => (NAMES[name] === undefined ? undefined : ipv4(NAMES[name])),
    nameOf: (address) => Object.entries(NAMES).find(([, each]) => each === `${address}`)?.[0],
  };
  return { world, client, server, first, done: (work) => world.finish(work, { limit: 5 * MINUTE }) };
}
