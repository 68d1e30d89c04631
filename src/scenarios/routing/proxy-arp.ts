/** Proxy ARP: a router answers for hosts behind it, and a host that knows of no subnets finds them all the same. */
import type { Scenario } from '../scenario.ts';

export const proxyArp: Scenario = {
  name: 'proxy-arp',
  title: 'Proxy ARP: a router that says it is somebody else',
  chapter: 'Between networks',
  rfcs: ['RFC 1027', 'RFC 826'],
  story:
    'old has the address 10.1.1.10 and the mask of a /16: it believes that all of 10.1.0.0/16 is on its link, and has no gateway. ' +
    'Really there are two subnets and the router r1 between them. old asks by ARP for 10.1.2.20, whom its link does not have; r1 ' +
    'does, behind its other port, and answers with its own Ethernet address. The same for 10.1.2.21. For 10.1.1.77 it says nothing: ' +
    'that one would be on the link of old.',
  question:
    'How does the ARP cache of old show that something is between? What would go wrong if pc1 moved to the link of old a minute later?',
  look: [
    {
      filter: 'arp.opcode == 2 && eth.src == 02:00:0a:01:01:01',
      meaning: 'r1 answers for hosts behind it: two addresses, one Ethernet address',
    },
    { filter: 'arp.dst.proto_ipv4 == 10.1.1.77', meaning: 'asked in vain: that would be on this link' },
    { filter: 'icmp.type == 8', meaning: 'on both sides: TTL 64, then 63; it was no neighbour' },
  ],
  watch: ['r1.left', 'r1.right'],
  expert: { 'arp.duplicate-address-detected': 2 },
  async play(stage) {
    const { network: net } = stage;
    const old = net.host('old', { address: '10.1.1.10/16' });
    const r1 = net.router('r1', { ports: { left: { address: '10.1.1.1/24', proxyArp: true }, right: '10.1.2.1/24' } });
    const s1 = net.switch('s1', { ports: 4 });
    const pc1 = net.host('pc1', { address: '10.1.2.20/24', gateway: '10.1.2.1' });
    const pc2 = net.host('pc2', { address: '10.1.2.21/24', gateway: '10.1.2.1' });
    net.cable(old, r1.port('left'));
    for (const at of [r1.port('right'), pc1, pc2]) net.cable(s1, at);
    net.isMeantSo(); // old and r1 do not agree about the mask: that is the story
    const answers = [...(await old.ping(pc1)), ...(await old.ping(pc2))];
    stage.expect(
      'both are reached, by way of a router',
      answers.map(({ outcome, ttl }) => [outcome, ttl]),
      [
        ['reply', 63],
        ['reply', 63],
      ],
    );
    stage.expect(
      'old takes both for one machine',
      stage.rows(old, 'arp').map(([address, mac]) => [address, mac]),
      [
        ['10.1.2.20', '02:00:0a:01:01:01'],
        ['10.1.2.21', '02:00:0a:01:01:01'],
      ],
    );
    stage.showTables('when old has found both');
    const [inVain] = await old.ping('10.1.1.77', { timeout: 5_000_000 });
    stage.expect('for what would be on the link nobody answers', inVain?.outcome, 'host unreachable');
  },
};
