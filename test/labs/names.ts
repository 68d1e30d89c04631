/** Names from the root down, for Linux to ask: `tapstack lab up names.ts -- dig @198.51.100.53 www.example.com`. */
import { lab, zoneOf } from 'tapstack/lab';

export default lab({
  title: 'A resolver that walks from the root',
  play(net) {
    const s1 = net.switch('s1');
    net.cable(net.tap('linux', { address: '198.51.100.9/24' }), s1);
    const host = (name: string, last: number) => {
      const made = net.host(name, { address: `198.51.100.${last}/24` });
      net.cable(made, s1);
      return made;
    };
    const addresses = { 'ns.com': { A: '198.51.100.2' } };
    host('root', 1).serveZones([zoneOf('', { '@': { NS: 'a.root.' }, com: { NS: 'ns.com.' }, ...addresses })]);
    const delegated = { example: { NS: 'ns.example' }, 'ns.example': { A: '198.51.100.3' } };
    host('com', 2).serveZones([zoneOf('com', { '@': { NS: 'ns' }, ns: { A: '198.51.100.2' }, ...delegated })]);
    host('example', 3).serveZones([zoneOf('example.com', { '@': { NS: 'ns' }, www: { A: '192.0.2.80', TXT: 'found' } })]);
    host('resolver', 53).serveNames({ root: { 'a.root': '198.51.100.1' } });
  },
});
