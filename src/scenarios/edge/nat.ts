/** A host behind a router that translates addresses: the same packet on both sides of it. */
import { SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { fetchPage, homeRouter, outside } from './settings.ts';

export const nat: Scenario = {
  name: 'nat',
  title: 'Address translation: the same packet before and after the router of a home',
  chapter: 'At the edge',
  rfcs: ['RFC 4787 §4.1', 'RFC 5382 §4.1', 'RFC 3022 §4'],
  story:
    'pc has an address that is used in many homes, 192.168.1.10, so nobody outside could answer it. The router of the home writes ' +
    'its own address, 203.0.113.2, into the source of every packet that leaves, and the address of pc into the destination of what ' +
    'comes back; which port belongs to whom stands in its table. The capture shows both of its sides.',
  question:
    'Put the SYN before and after the router side by side: which fields of IPv4 and of TCP have changed? Why has the checksum of TCP, although nobody touched the data?',
  look: [
    { filter: 'ip.addr == 192.168.1.10', meaning: 'what is seen inside' },
    { filter: 'ip.addr == 203.0.113.2', meaning: 'the same packets outside' },
    { filter: 'tcp.flags == 0x002', meaning: 'the SYN, twice: another source, another checksum, the same sequence number' },
  ],
  watch: ['home.lan', 'home.wan'],
  way: 'tcp.flags.syn == 1',
  async play(stage) {
    const pc = stage.network.host('pc', { address: '192.168.1.10/24', gateway: '192.168.1.1' });
    const home = homeRouter(stage);
    stage.network.cable(pc, home.port('lan'));
    const { www } = outside(stage, { home });
    const page = await fetchPage(pc, www, 80, { localPort: 50_000 });
    stage.showTables('when the page is there');
    stage.expect('pc gets its page', page, 'a page of www');
    await stage.pause(SECOND);
    stage.expect(
      'the table of the router has one line',
      stage.rows(home, 'nat').map((row) => row.slice(0, 5)),
      [['tcp', '192.168.1.10:50000', '203.0.113.2:50000', '198.51.100.7:80', 'closing']],
    );
    const ends = new Set(stage.segmentsAt(www).map(({ packet: { network } }) => network?.kind === 'ipv4' && network.source));
    stage.expect('www speaks with the router, as far as it can know', [...ends].sort(), ['198.51.100.7', '203.0.113.2']);
  },
};
