/** Two homes that share one address outside, because their provider has no more: translated twice. */
import type { NetHost } from '../../lab/index.ts';
import { SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { FAR, fetchPage, serve } from './settings.ts';

/** A host and its router; its network is 192.168.`n`.0/24, its address at the provider 100.64.`n`.2. */
function homeOf({ network: net }: Stage, n: number): { readonly pc: NetHost; readonly router: NetHost } {
  const pc = net.host(`pc${n}`, { address: `192.168.${n}.10/24`, gateway: `192.168.${n}.1` });
  const router = net.router(`home${n}`, {
    ports: { lan: `192.168.${n}.1/24`, wan: `100.64.${n}.2/30` },
    gateway: `100.64.${n}.1`,
    nat: { outside: 'wan' },
  });
  net.cable(pc, router.port('lan'));
  return { pc, router };
}

export const carrierNat: Scenario = {
  name: 'carrier-nat',
  title: 'Carrier NAT: two homes behind one address',
  chapter: 'At the edge',
  rfcs: ['RFC 6598 §4', 'RFC 6888 §3', 'RFC 4787 §4.2.1'],
  story:
    'The provider has more customers than addresses. It gives the routers of the homes addresses of 100.64.0.0/10, which are nobody’s, ' +
    'and translates once more at its own edge. Both homes fetch a page from port 50000; www sees one address with two ports.',
  question:
    'The owner of home1 wants to forward a port to a server at home. In which table would it have to stand, and who may write there?',
  look: [
    { filter: 'ip.addr == 192.168.1.10', meaning: 'in the home: a private address' },
    { filter: 'ip.addr == 100.64.0.0/10', meaning: 'between home and provider: a shared address, translated once' },
    { filter: 'ip.addr == 203.0.113.1', meaning: 'outside: both homes by one address, translated twice' },
  ],
  watch: ['pc1', 'home1.wan', 'carrier.out'],
  way: 'tcp.flags.syn == 1',
  async play(stage) {
    const { network: net } = stage;
    const homes = [homeOf(stage, 1), homeOf(stage, 2)];
    const carrier = net.router('carrier', {
      ports: { home1: '100.64.1.1/30', home2: '100.64.2.1/30', out: '203.0.113.1/24' },
      nat: { outside: 'out', inside: ['100.64.0.0/10'] },
    });
    const www = net.host('www', { address: '203.0.113.7/24' });
    for (const [index, { router }] of homes.entries()) net.cable(router.port('wan'), carrier.port(`home${index + 1}`), FAR);
    net.cable(carrier.port('out'), www, FAR);
    serve(www, 80, 'a page of www');
    const pages = await Promise.all(homes.map(({ pc }) => fetchPage(pc, www, 80, { localPort: 50_000 })));
    stage.expect('both get the page', pages, ['a page of www', 'a page of www']);
    stage.showTables('when both have the page');
    stage.expect(
      'the carrier knows routers, not hosts',
      stage.rows(carrier, 'nat').map(([, inside, seen]) => `${inside} ${seen}`),
      ['100.64.1.2:50000 203.0.113.1:50000', '100.64.2.2:50000 203.0.113.1:50001'],
    );
    await stage.pause(SECOND);
  },
};
