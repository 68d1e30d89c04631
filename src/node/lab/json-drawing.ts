/** The network of a JSON lab: what can be written, and how it is drawn. */
import type { Network, Plug } from '../../lab/index.ts';
import { startSites } from '../../services/http/sites.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Shape } from './json-shape.ts';
import { byName, fields, listOf, oneOf } from './json-shape.ts';

type HostOptions = Parameters<Network['host']>[1];

interface Served {
  /** A web server on this port; true: 80. */
  readonly http?: number | boolean;
  readonly dhcp?: readonly JsonPool[];
}

interface JsonPool {
  readonly network: string;
  readonly range: string;
  readonly router?: string;
  readonly dns?: readonly string[];
  readonly domain?: string;
  readonly leaseSeconds?: number;
}

interface JsonCable {
  readonly from: string;
  readonly to: string;
  readonly name?: string;
  readonly delayMs?: number;
  readonly mbit?: number;
}

/** As `SHAPE` has it. */
export interface JsonDrawing {
  readonly hosts?: Readonly<Record<string, NonNullable<HostOptions> & Served>>;
  readonly switches?: Readonly<Record<string, NonNullable<Parameters<Network['switch']>[1]>>>;
  readonly hubs?: Readonly<Record<string, NonNullable<Parameters<Network['hub']>[1]>>>;
  readonly routers?: Readonly<Record<string, Parameters<Network['router']>[1] & Served>>;
  readonly taps?: Readonly<Record<string, NonNullable<Parameters<Network['tap']>[1]>>>;
  readonly cables?: readonly (readonly string[] | JsonCable)[];
}

const text = 'text';
const texts = listOf(text);
const pools = listOf(
  fields({ network: text, range: text, router: text, dns: texts, domain: text, leaseSeconds: 'number' }, ['network', 'range']),
);
const address = oneOf(text, texts);
const ports = byName(oneOf(text, fields({ address })));
const firewall = fields({ rules: texts, policy: byName(text), stateful: 'boolean' });
const nat = fields(
  {
    outside: text,
    inside: texts,
    addresses: texts,
    mapping: text,
    filtering: text,
    forward: texts,
    oneToOne: byName(text),
  },
  ['outside'],
);
const served = { http: oneOf('boolean', 'number'), dhcp: pools };
const switchPort = fields({ vlan: 'number', trunk: oneOf(text, listOf('number')), native: oneOf('number', 'boolean') });

export const DRAWING: Readonly<Record<keyof JsonDrawing, Shape>> = {
  hosts: byName(fields({ address, gateway: text, routes: byName(text), ports, firewall, ...served })),
  switches: byName(
    fields({
      ports: oneOf('number', byName(switchPort)),
      spanningTree: oneOf('boolean', text),
      mirror: fields({ from: texts, to: text }, ['from', 'to']),
    }),
  ),
  hubs: byName(fields({ ports: 'number' })),
  routers: byName(fields({ ports, gateway: text, routes: byName(text), nat, firewall, ...served }, ['ports'])),
  taps: byName(fields({ address: text, gateway: text })),
  cables: listOf(oneOf(texts, fields({ from: text, to: text, name: text, delayMs: 'number', mbit: 'number' }, ['from', 'to']))),
};

/**
 * @param at told where in the file we are
 * @throws RangeError in words when it cannot be drawn
 */
export function draw(net: Network, drawing: JsonDrawing, at: (path: readonly (string | number)[]) => void): void {
  const each = <T>(kind: keyof JsonDrawing, all: Readonly<Record<string, T>> = {}, one: (name: string, options: T) => void) => {
    for (const [name, options] of Object.entries(all)) {
      at([kind, name]);
      one(name, options);
    }
  };
  each('hosts', drawing.hosts, (name, { http, dhcp, ...options }) => serve(net.host(name, options), { http, dhcp }));
  each('switches', drawing.switches, (name, options) => net.switch(name, options));
  each('hubs', drawing.hubs, (name, options) => net.hub(name, options));
  each('routers', drawing.routers, (name, { http, dhcp, ...options }) => serve(net.router(name, options), { http, dhcp }));
  each('taps', drawing.taps, (name, options) => net.tap(name, options));
  drawing.cables?.forEach((cable, index) => {
    at(['cables', index]);
    join(net, cable);
  });
  at(['play']);
}

function serve(
  host: ReturnType<Network['host']>,
  { http, dhcp }: { readonly http: Served['http'] | undefined; readonly dhcp: Served['dhcp'] | undefined },
): void {
  if (http !== undefined && http !== false) {
    const sites = [{ documents: { '/': `This is ${host.name}.\n` } }];
    startSites(host.stack, { port: http === true ? 80 : http, time: host.clock, sites });
  }
  if (dhcp === undefined) return;
  const pools = dhcp.map(({ leaseSeconds, ...pool }) =>
    leaseSeconds === undefined ? pool : { ...pool, leaseTime: leaseSeconds * SECOND },
  );
  host.serveAddresses({ pools });
}

function join(net: Network, cable: readonly string[] | JsonCable): void {
  const { from, to, name, delayMs, mbit } = isNamed(cable) ? cable : pair(cable);
  net.cable(plugOf(net, from), plugOf(net, to), {
    ...(name === undefined ? {} : { name }),
    ...(delayMs === undefined ? {} : { delay: delayMs * MILLISECOND }),
    ...(mbit === undefined ? {} : { rate: mbit * 1e6 }),
  });
}

const isNamed = (cable: readonly string[] | JsonCable): cable is JsonCable => !Array.isArray(cable);

function pair([from, to, ...more]: readonly string[]): JsonCable {
  if (from === undefined || to === undefined || more.length > 0)
    throw new RangeError('a cable has two ends: ["pc1", "s1"], or { "from": "pc1", "to": "r1.lan", "delayMs": 5 }');
  return { from, to };
}

/** "pc1", or "r1.lan10" for one of its ports. */
export function plugOf(net: Network, words: string): Plug {
  const dot = words.indexOf('.');
  if (dot < 0) return net.node(words);
  const node = net.node(words.slice(0, dot));
  const name = words.slice(dot + 1);
  const port = node.ports.find((one) => one.name === name);
  if (port !== undefined) return port;
  throw new RangeError(`${node.name} has no port "${name}"; it has ${node.ports.map((one) => one.name).join(', ')}`);
}
