/** A ring of three switches: the spanning tree blocks one cable of it, and finds another way when one is pulled out. */
import { lab } from 'tapstack/lab';

export default lab({
  title: 'A ring of switches',
  story: 'Three switches in a ring agree which cable stays unused. Then one that is used is pulled out.',
  watch: ['pc1'],
  async play(net, stage) {
    const [s1, s2, s3] = ['s1', 's2', 's3'].map((name) => net.switch(name, { spanningTree: true }));
    const pc1 = net.host('pc1', { address: '10.0.0.1/24' });
    const pc2 = net.host('pc2', { address: '10.0.0.2/24' });
    net.cable(s1, s2);
    net.cable(s2, s3);
    net.cable(s3, s1);
    net.cable(pc1, s1);
    net.cable(pc2, s2);
    await stage.pause(10_000_000);
    stage.begin();
    stage.expect('the ring is of use', (await pc1.ping(pc2))[0].outcome, 'reply');
    net.cableAt(s1, s2).cable.unplug();
    await stage.pause(10_000_000);
    stage.expect('there is another way', (await pc1.ping(pc2))[0].outcome, 'reply');
  },
});
