/** ARP believes whoever speaks: a stranger in the middle, and a switch that does not let him lie. */
import type { NetHost, NetSwitch, TimedInjection } from '../../lab/index.ts';
import { forgedArp } from '../../lab/index.ts';
import type { Micros } from '../../stack/index.ts';
import { formatMac, MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { outcomes } from './lan.ts';

const macOf = (host: NetHost): string => formatMac([...host.stack.interfaces.values()][0]!.mac);

/** Who pc believes the gateway to be. */
const gatewayOf = (stage: Stage, pc: NetHost): string =>
  stage.rows(pc, 'arp').find(([address]) => address === '10.0.0.254')?.[1] ?? 'nobody';

/** mallory says to both that he is the other, three times. */
function lies(began: Micros, liar: NetHost, pc: NetHost, gateway: NetHost): TimedInjection[] {
  const { mac } = [...liar.stack.interfaces.values()][0]!;
  const claim = (as: string, to: NetHost) => {
    const [own] = to.stack.interfaces.values();
    return forgedArp({ operation: 'reply', from: { mac, address: as }, to: { mac: own!.mac, address: `${to.address}` } });
  };
  return [0, 1, 2].flatMap((round) =>
    [claim('10.0.0.254', pc), claim('10.0.0.1', gateway)].map((bytes, index) => ({
      direction: 'transmit' as const,
      at: began + round * SECOND + index * MILLISECOND,
      bytes,
      note: 'a lie: this address is not his',
    })),
  );
}

/** pc, the gateway and mallory, who passes on what is not for him, at one switch; behind the gateway a server. */
function setting({ network: net, world }: Stage, s1: NetSwitch, suffix: string) {
  const pc = net.host(`pc${suffix}`, { address: '10.0.0.1/24', gateway: '10.0.0.254' });
  const gateway = net.router(`gateway${suffix}`, { ports: { lan: '10.0.0.254/24', wan: '192.0.2.1/24' } });
  const server = net.host(`server${suffix}`, { address: '192.0.2.7/24', gateway: '192.0.2.1' });
  const mallory = net.router(`mallory${suffix}`, {
    ports: { eth0: '10.0.0.66/24' },
    gateway: '10.0.0.254',
    forwarding: { sendRedirects: false },
  });
  net.cable(pc, s1.port('1'));
  net.cable(gateway.port('lan'), s1.port('2'));
  net.cable(mallory, s1.port('3'), { faults: { injections: lies(world.now + SECOND, mallory, pc, gateway) } });
  net.cable(gateway.port('wan'), server);
  return { pc, gateway, server, mallory };
}

export const arpSpoofing: Scenario = {
  name: 'arp-spoofing',
  title: 'ARP spoofing: somebody in the middle, and a switch that looks at ARP',
  chapter: 'Attacks and accidents',
  rfcs: ['RFC 826', 'RFC 5227 §2.4'],
  story:
    'pc pings a server behind its gateway. Then mallory says to pc that he is the gateway, and to the gateway that he is pc. Both ' +
    'believe it: every ping goes through him now, in both directions, and nobody misses anything. On the second switch the addresses ' +
    'are known by port; what mallory says there about others is dropped before anybody hears it.',
  question:
    'Which two numbers of an echo reply would have told pc that somebody stands in between? Why does encryption help where ARP does not?',
  look: [
    { filter: 'arp.opcode == 2 && eth.src == 02:00:0a:00:00:42', meaning: 'answers to questions that nobody asked' },
    { filter: 'icmp && eth.dst == 02:00:0a:00:00:42', meaning: 'pings of others that are sent to mallory' },
    { filter: 'arp.duplicate-address-detected', meaning: 'Wireshark has noticed' },
  ],
  watch: ['s1.3'],
  expert: { 'arp.duplicate-address-detected': 7 },
  withoutLadder: true,
  async play(stage) {
    const { network: net } = stage;
    const before = setting(stage, net.switch('s1', { ports: 3 }), '');
    stage.expect('the server answers', outcomes(await before.pc.ping(before.server)), ['reply']);
    stage.expect('pc knows its gateway', gatewayOf(stage, before.pc), macOf(before.gateway));
    stage.showTables('before the lie');
    await stage.at(5 * SECOND);
    const [result] = await before.pc.ping(before.server);
    stage.expect('the server still answers', result?.outcome, 'reply');
    stage.expect('pc takes mallory for its gateway', gatewayOf(stage, before.pc), macOf(before.mallory));
    stage.expect('the ping and its answer went through him', before.mallory.stack.counters.forwarded, 2);
    stage.expect('the answer has one hop less to live', result?.ttl, 62);
    const known = { '10.0.0.1': '02:00:0a:00:00:01', '10.0.0.254': '02:00:0a:00:00:fe', '10.0.0.66': '02:00:0a:00:00:42' };
    const after = setting(stage, net.switch('s2', { ports: 3, arpInspection: known }), "'");
    stage.expect('the server answers there', outcomes(await after.pc.ping(after.server)), ['reply']);
    await stage.pause(5 * SECOND);
    stage.expect('and again', outcomes(await after.pc.ping(after.server)), ['reply']);
    stage.expect('pc still knows its gateway', gatewayOf(stage, after.pc), macOf(after.gateway));
    stage.expect('mallory has passed on nothing', after.mallory.stack.counters.forwarded, 0);
  },
};
