/** What a switch learns, and what others hear. */
import { MINUTE, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { framesHeard, hostsAt, learnt, outcomes } from './lan.ts';

export const switchLearning: Scenario = {
  name: 'switch-learning',
  title: 'Two hosts on a switch: first a broadcast, then only between the two',
  chapter: 'Local networks',
  rfcs: ['RFC 826', 'IEEE 802.1D §7.8'],
  story:
    'Nobody knows anything. pc1 pings pc2, and has to ask everybody for its Ethernet address first. The switch looks at the source ' +
    'of each frame and writes down the port: behind the question it knows pc1, behind the answer pc2. From then on each frame goes ' +
    'where it belongs. Who knows what, and since which frame, is told beside the frames and in the tables.',
  question:
    'Which frame has taught the switch where pc2 is? What would it have done with the ping if pc2 had never said anything?',
  look: [
    { filter: 'eth.dst == ff:ff:ff:ff:ff:ff', meaning: 'one frame to everybody: the question of ARP' },
    { filter: 'eth.dst != ff:ff:ff:ff:ff:ff', meaning: 'all others go from one station to one other' },
    { filter: 'frame.comment contains "learns"', meaning: 'the frames from which the switch learnt a port' },
  ],
  watch: ['s1.1', 's1.2'],
  async play(stage) {
    const s1 = stage.network.switch('s1', { ports: 4 });
    const [pc1, pc2] = hostsAt(stage, s1, 2);
    stage.showTables('before the first frame');
    stage.expect('both pings are answered', outcomes(await pc1!.ping(pc2!, { count: 2 })), ['reply', 'reply']);
    stage.expect('the switch knows both', learnt(stage, s1), ['02:00:0a:00:00:01 at 1', '02:00:0a:00:00:02 at 2']);
    const neighbours = [pc1!, pc2!].map((host) => stage.rows(host, 'arp').map(([address]) => address));
    stage.expect('each host knows the other', neighbours, [['10.0.0.2'], ['10.0.0.1']]);
  },
};

export const switchFourHosts: Scenario = {
  name: 'switch-four-hosts',
  title: 'Four hosts on a switch: who hears what, and what is forgotten',
  chapter: 'Local networks',
  rfcs: ['RFC 1122 §2.3.2.1', 'IEEE 802.1D §7.9'],
  story:
    'pc1 pings pc3: all hear the question of ARP, and nothing else. Then pc2 pings pc4, and the switch knows all four. After five ' +
    'minutes of silence it has forgotten them. The hosts have not: pc1 sends the next ping straight to the Ethernet address of pc3, ' +
    'with a question whether it is still there, and the switch, which does not know that any more, sends both to all ports. With the ' +
    'answer it knows again.',
  question:
    'The capture shows the ports of pc2 and pc3. What has pc2 heard of the conversation of the others, and why just that?',
  look: [
    { filter: 'arp.opcode == 1', meaning: 'questions, heard by all' },
    { filter: 'icmp', meaning: 'pings, heard by the two that talk; one of them by pc2 too' },
    { filter: 'eth.dst == 02:00:0a:00:00:03', meaning: 'for pc3; two of these have come to pc2 as well' },
  ],
  watch: ['pc2', 'pc3'],
  async play(stage) {
    const s1 = stage.network.switch('s1', { ports: 4 });
    const [pc1, pc2, pc3, pc4] = hostsAt(stage, s1, 4);
    stage.expect('pc3 answers', outcomes(await pc1!.ping(pc3!)), ['reply']);
    stage.expect('the others heard the question only', framesHeard([pc2!, pc4!]), [1, 1]);
    stage.expect('pc4 answers', outcomes(await pc2!.ping(pc4!)), ['reply']);
    stage.expect('the switch knows all', learnt(stage, s1).length, 4);
    stage.showTables('when all have spoken');
    await stage.pause(5 * MINUTE + SECOND);
    stage.expect('it has forgotten all', learnt(stage, s1), []);
    stage.expect('pc3 answers again', outcomes(await pc1!.ping(pc3!)), ['reply']);
    const overheard = [pc2!, pc4!].map(({ stack }) => stack.drops()['frame for another station']);
    stage.expect('the others have heard what was for pc3: the ping, and a question', overheard, [2, 2]);
    stage.expect('the switch knows the two again', learnt(stage, s1).length, 2);
  },
};
