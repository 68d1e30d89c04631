/** The tree of names in small: a root, a top level and an authority, each a host of its own; a resolver, and pc who asks it. */
import type { ResolveNamesOptions } from '../../lab/network/name-services.ts';
import type { NetHost } from '../../lab/network/net-host.ts';
import type { DnsService } from '../../services/dns/server.ts';
import type { ZoneNode } from '../../services/dns/zone-object.ts';
import { zoneOf } from '../../services/dns/zone-object.ts';
import { SECOND } from '../../stack/index.ts';
import type { Stage } from '../stage.ts';

/** Eleven texts of 120 letters: longer than a datagram of DNS may be. */
const LONG = Array.from({ length: 11 }, (_, index) => `"${String.fromCharCode(0x61 + index).repeat(120)}"`);

const EXAMPLE: Readonly<Record<string, ZoneNode>> = {
  '@': { NS: 'ns1', MX: ['10 mail', '20 backup'] },
  ns1: { A: '198.51.100.3' },
  www: { CNAME: 'web', ttl: 300 },
  web: { A: '198.51.100.80', ttl: 60 },
  mail: { A: '198.51.100.25' },
  backup: { A: '198.51.100.26' },
  long: { TXT: LONG.join(' ') },
};

const REVERSE: Readonly<Record<string, ZoneNode>> = { '@': { NS: 'ns1.example.com.' }, 80: { PTR: 'web.example.com.' } };

/** Who is near and who is not: milliseconds one way. */
const FAR = { delay: 10_000 };

/** They know each other's Ethernet addresses before the story begins. */
export async function tree(stage: Stage, resolving: Partial<ResolveNamesOptions> = {}) {
  const { network: net } = stage;
  const sw = net.switch('net', { ports: 8 });
  const host = (name: string, last: number, delay = {}): NetHost => {
    const made = net.host(name, { address: `198.51.100.${last}/24` });
    net.cable(made, sw, delay);
    return made;
  };
  const pc = host('pc', 10);
  const resolver = host('resolver', 53);
  const [root, com, example] = [host('root', 1, FAR), host('com', 2, FAR), host('example', 3, FAR)];
  root.serveZones([
    zoneOf('', {
      '@': { NS: 'a.root-servers.net.' },
      com: { NS: 'ns.com.' },
      'ns.com': { A: '198.51.100.2' },
      '100.51.198.in-addr.arpa': { NS: 'ns1.example.com.' },
    }),
  ]);
  com.serveZones([
    zoneOf('com', {
      '@': { NS: 'ns' },
      ns: { A: '198.51.100.2' },
      example: { NS: 'ns1.example' },
      evil: { NS: 'ns.evil' },
      'ns.evil': { A: '198.51.100.66' },
      'ns1.example': { A: '198.51.100.3' },
    }),
  ]);
  const authority = example.serveZones([
    zoneOf('example.com', EXAMPLE, { negativeTtl: 30 }),
    zoneOf('100.51.198.in-addr.arpa', REVERSE),
  ]);
  const { service } = resolver.serveNames({ root: { 'a.root-servers.net': '198.51.100.1' }, ...resolving });
  const evil = host('evil', 66);
  for (const other of [pc, root, com, example, evil]) await resolver.ping(other);
  await stage.pause(SECOND);
  stage.begin();
  return { pc, resolver, example, evil, service, authority, questions: () => questionsOf(authority) };
}

/** How many questions a server has heard. */
export const questionsOf = ({ counts }: DnsService): number => counts.get('questions') ?? 0;
