/** Two networks and the router between them: play it with `tapstack lab run two-networks.ts --tables`. */
import { lab } from 'tapstack/lab';

export default lab({
  title: 'Two networks and a router',
  story: 'A host asks its gateway to carry a ping to another network.',
  question: 'Whose Ethernet address is in the frame that pc1 sends?',
  look: [{ filter: 'icmp.type == 8', meaning: 'the same request on two cables, with one hop less to live' }],
  watch: ['pc1'],
  async play(net, stage) {
    const pc1 = net.host('pc1', { address: '192.168.10.1/24', gateway: '192.168.10.254' });
    const pc2 = net.host('pc2', { address: '192.168.20.1/24', gateway: '192.168.20.254' });
    const s1 = net.switch('s1');
    const r1 = net.router('r1', { ports: { lan10: '192.168.10.254/24', lan20: '192.168.20.254/24' } });
    net.cable(pc1, s1);
    net.cable(s1, r1.port('lan10'));
    net.cable(r1.port('lan20'), pc2);
    await stage.pause(5_000_000);
    stage.begin();
    const [answer] = await pc1.ping(pc2);
    stage.expect('pc2 is one router away', answer?.ttl, 63);
    const learnt: readonly (readonly string[])[] = stage.rows(pc1, 'arp');
    stage.expect(
      'pc1 knows its gateway only',
      learnt.map(([address]) => address),
      ['192.168.10.254'],
    );
  },
});
