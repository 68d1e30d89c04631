/** A path with routers in it: client, as many routers as it takes, server; each link a network of its own. */
import type { CableOptions, HostOptions, Router } from '../../lab/index.ts';
import { router } from '../../lab/index.ts';
import { MILLISECOND } from '../../stack/index.ts';
import type { Stage } from '../stage.ts';
import type { StageHost } from '../stage-host.ts';

export interface RouteOptions {
  /** The links from the client to the server, in order; between two of them stands a router. */
  readonly links: readonly CableOptions[];
  readonly client?: Partial<HostOptions>;
  readonly server?: Partial<HostOptions>;
  /** Routers that say nothing when they drop a packet. @default false */
  readonly areSilent?: boolean;
}

export interface Route {
  /** 10.0.0.1, its router 10.0.0.254 */
  readonly client: StageHost;
  /** 10.0.N.1 behind N routers */
  readonly server: StageHost;
  /** r1 at the client's side; the n-th has 10.0.(n-1).254 and 10.0.n.253 */
  readonly routers: readonly Router[];
}

const LINK_DELAY = 5 * MILLISECOND;

/** Builds the path; the story begins when every neighbour is known. */
export async function route(stage: Stage, { links, client = {}, server = {}, areSilent = false }: RouteOptions): Promise<Route> {
  const cables = links.map((link) => stage.world.cable({ delay: LINK_DELAY, ...link }));
  const last = cables.length - 1;
  const from = stage.host('client', cables[0]!.a, { address: '10.0.0.1/24', gateway: '10.0.0.254', ...client });
  const routers = cables.slice(1).map((right, index) => {
    const [n, left] = [index + 1, cables[index]!];
    const onwards = n < last ? { [`10.0.${last}.0/24`]: `10.0.${n}.254` } : {};
    const back = n > 1 ? { '10.0.0.0/24': `10.0.${n - 1}.253` } : {};
    stage.names.set(`10.0.${n - 1}.254`, `r${n}`).set(`10.0.${n}.253`, `r${n}`);
    return router(stage.world, `r${n}`, {
      ports: [
        { end: left.b, address: `10.0.${n - 1}.254/24` },
        { end: right.a, address: `10.0.${n}.253/24` },
      ],
      routes: { ...onwards, ...back },
      isSilent: areSilent,
    });
  });
  const gateway = `10.0.${last}.253`;
  const to = stage.host('server', cables[last]!.b, { address: `10.0.${last}.1/24`, gateway, ...server });
  await stage.acquaint(from, to);
  return { client: from, server: to, routers };
}
