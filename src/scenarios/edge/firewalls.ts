/** Packet filters: what a rule says to whom it turns away, and what a memory for connections is good for. */
import type { FirewallOptions, NetHost } from '../../lab/index.ts';
import { openUdp, SECOND, SocketError } from '../../stack/index.ts';
import { seq } from '../../stack/wire/seq.ts';
import { ACK, Segment } from '../../stack/wire/tcp.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { letters } from '../stage-host.ts';
import { FAR, fetchPage, serve, timesSaid } from './settings.ts';

/** pc (10.1.0.7) - fw - www (198.51.100.7) */
function guarded({ network: net }: Stage, firewall: FirewallOptions) {
  const pc = net.host('pc', { address: '10.1.0.7/24', gateway: '10.1.0.1' });
  const fw = net.router('fw', { ports: { lan: '10.1.0.1/24', wan: '198.51.100.1/24' }, firewall });
  const www = net.host('www', { address: '198.51.100.7/24', gateway: '198.51.100.1' });
  net.cable(pc, fw.port('lan'));
  net.cable(fw.port('wan'), www, FAR);
  serve(www, 80, 'a page of www');
  return { pc, fw, www };
}

/** How long it took until the connection had failed, and why. */
async function failure(stage: Stage, work: Promise<unknown>): Promise<readonly [reason: string, seconds: number]> {
  const began = stage.world.now;
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  const reason = error instanceof SocketError ? error.reason : 'nothing';
  return [reason, Math.round((stage.world.now - began) / SECOND)];
}

export const firewallReject: Scenario = {
  name: 'firewall-drop-reject',
  title: 'Firewall: to drop and to reject',
  chapter: 'At the edge',
  rfcs: ['RFC 1812 §5.2.7.1', 'RFC 9293 §3.10.7.1', 'RFC 2979 §3'],
  story:
    'The firewall lets out web traffic. Port 23 it drops without a word: pc tries again and again, and gives up. Port 25 it rejects: the ' +
    'firewall answers with a reset in the name of www, and pc knows at once. A datagram that is rejected is told of by ICMP: ' +
    'communication administratively prohibited.',
  question: 'For whom is dropping friendlier, for whom rejecting? Which of the two shows a stranger that there is a firewall?',
  look: [
    { filter: 'tcp.dstport == 23', meaning: 'dropped: three SYNs, and no answer' },
    { filter: 'tcp.port == 25', meaning: 'rejected: a SYN and a reset, although the packet never reached www' },
    { filter: 'icmp.type == 3 && icmp.code == 13', meaning: 'rejected, and no TCP: told by ICMP' },
    { filter: 'frame.comment contains "rule"', meaning: 'the names of the rules, beside what they dropped' },
  ],
  watch: ['fw.lan'],
  way: 'tcp.dstport == 23',
  expert: { 'tcp.analysis.retransmission': 2, 'tcp.connection.rst': 1 },
  async play(stage) {
    const rules = [
      'allow tcp in lan port 80,443 as web',
      'drop tcp port 23 as no-telnet',
      'reject tcp port 25 as no-mail',
      'reject udp as no-udp',
    ];
    const { pc, fw, www } = guarded(stage, { rules });
    stage.expect('the web is allowed', await fetchPage(pc, www, 80, { localPort: 50_080 }), 'a page of www');
    const dropped = await failure(stage, pc.connect(www, 23, { localPort: 50_023, synRetries: 2 }));
    stage.expect('what is dropped takes seven seconds to fail', dropped, ['timed out', 7]);
    const rejected = await failure(stage, pc.connect(www, 25, { localPort: 50_025 }));
    stage.expect('what is rejected fails at once', rejected, ['refused', 0]);
    const socket = openUdp(pc.stack, { port: 50_044 });
    await socket.send(letters(12), { address: www.address, port: 44_444 });
    const told = await socket.receive().then(
      () => 'an answer',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    stage.expectThat('the sender of the datagram is told', told.includes('prohibited'), told);
    socket.close();
    stage.showTables('when all is tried');
    const counts = stage.rows(fw, 'firewall').map(([, name, , , packets]) => `${name} ${packets}`);
    stage.expect('each rule has counted what it has decided', counts.slice(2, 7), [
      'web 1',
      'no-telnet 3',
      'no-mail 1',
      'no-udp 1',
      'policy of forward 0',
    ]);
  },
};

/** A segment that looks like the answer of a web server, and nobody has asked for it: an ACK scan. */
function scan(stranger: NetHost, victim: NetHost, port: number): void {
  const segment = new Segment();
  segment.sourcePort = 80;
  segment.destinationPort = port;
  segment.seq = seq(1_000);
  segment.ack = seq(2_000);
  segment.flags = ACK;
  segment.window = 1_024;
  stranger.stack.tcp.answer(segment, victim.address.w3, stranger.address.w3); // sent from where the victim would have spoken to
}

export const firewallState: Scenario = {
  name: 'firewall-state',
  title: 'Firewall: rules for every packet, or a memory for connections',
  chapter: 'At the edge',
  rfcs: ['RFC 2979 §2', 'RFC 9293 §3.10.7.1'],
  story:
    'Two firewalls want the same: hosts inside may fetch pages, nobody outside may come in. fw2 looks at each packet by itself, so ' +
    'it must let in what comes from port 80 with the ACK flag: it could be an answer. fw1 remembers who has asked, and needs no such ' +
    'rule. Then a stranger sends an ACK from port 80 to each of the two hosts. One is dropped; the other arrives, and pc2 answers with ' +
    'a reset: the stranger knows that somebody is there.',
  question: 'Which rule without memory would let in the answers of a DNS server? What could a stranger send by it?',
  look: [
    { filter: 'ip.src == 198.51.100.66', meaning: 'the stranger: two segments that look like answers' },
    { filter: 'ip.dst == 198.51.100.66 && tcp.flags.reset == 1', meaning: 'what it learns: one of the two is there' },
    { filter: 'frame.comment contains "invalid"', meaning: 'fw1: this belongs to no connection' },
  ],
  watch: ['fw1.wan', 'fw2.wan'],
  way: 'ip.src == 198.51.100.66 && ip.dst == 10.2.0.7',
  expert: { 'tcp.connection.rst': 1 },
  async play(stage) {
    const { network: net } = stage;
    const routes = { '10.1.0.0/24': '198.51.100.1', '10.2.0.0/24': '198.51.100.2' };
    const sw = net.switch('net', { ports: 4 });
    const www = net.host('www', { address: '198.51.100.7/24', routes });
    const stranger = net.host('stranger', { address: '198.51.100.66/24', routes });
    const withMemory = { rules: ['allow tcp in lan port 80 as web'] };
    const byPacket = ['allow tcp in lan port 80 as web', 'allow tcp from any port 80 in wan flags ack as answers'];
    const hosts = [withMemory, { stateful: false, rules: byPacket }].map((firewall, index) => {
      const n = index + 1;
      const pc = net.host(`pc${n}`, { address: `10.${n}.0.7/24`, gateway: `10.${n}.0.1` });
      const fw = net.router(`fw${n}`, { ports: { lan: `10.${n}.0.1/24`, wan: `198.51.100.${n}/24` }, firewall });
      net.cable(pc, fw.port('lan'));
      net.cable(fw.port('wan'), sw);
      return pc;
    });
    net.cable(www, sw);
    net.cable(stranger, sw);
    serve(www, 80, 'a page of www');
    for (const pc of hosts)
      stage.expect('a page is fetched', await fetchPage(pc, www, 80, { localPort: 50_000 }), 'a page of www');
    await stage.pause(SECOND);
    for (const pc of hosts) {
      scan(stranger, pc, 22);
      stranger.stack.wake();
      await stage.pause(SECOND);
    }
    stage.showTables('after the scan');
    const answers = stage.segments().filter(({ to, sent, flags }) => to === 'stranger' && sent && flags.includes('RST'));
    stage.expect('pc2 gives itself away, pc1 does not', [...new Set(answers.map(({ from }) => from))], ['pc2']);
    stage.expect('the one with a memory knows why', timesSaid(stage, 'dropped: invalid'), 1);
  },
};
