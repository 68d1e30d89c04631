/** A small company: three departments, servers, a router between them, and a firewall with a DMZ at its edge. */
import type { NetHost } from '../../lab/index.ts';
import { SocketError } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { fetchPage, outside, serve } from './settings.ts';

const DEPARTMENTS = ['sales', 'design', 'books'] as const;

/** What may go through, in the words of the firewall. */
const RULES = [
  'allow tcp to 10.9.0.0/24 port 80 as dmz-web',
  'allow tcp from 10.1.0.0/16 out wan port 80,443 as web',
  'allow icmp from 10.1.0.0/16 type echo-request as ping',
  'drop in dmz out inside as dmz-stays-out',
  'reject in inside as nothing-else',
];

/** 10.1.`n`.0/24 for each department, 10.1.100.0/24 for the servers; core is .1 everywhere. */
function inside({ network: net }: Stage) {
  const ports = {
    sales: '10.1.1.1/24',
    design: '10.1.2.1/24',
    books: '10.1.3.1/24',
    servers: '10.1.100.1/24',
    edge: '10.1.255.2/30',
  };
  const core = net.router('core', { ports, gateway: '10.1.255.1' });
  const hosts = DEPARTMENTS.map((name, index) => {
    const sw = net.switch(`sw-${name}`, { ports: 3 });
    const host = net.host(`${name}1`, { address: `10.1.${index + 1}.11/24`, gateway: `10.1.${index + 1}.1` });
    net.cable(core.port(name), sw);
    net.cable(host, sw);
    return host;
  });
  const files = net.host('files', { address: '10.1.100.10/24', gateway: '10.1.100.1' });
  net.cable(core.port('servers'), files);
  serve(files, 80, 'files of the company');
  return { core, hosts, files };
}

async function outcome(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SocketError) return error.reason;
    throw error;
  }
}

export const company: Scenario = {
  name: 'company',
  title: 'A small company: departments, servers, a router, a firewall and a DMZ',
  chapter: 'At the edge',
  rfcs: ['RFC 2979 §2', 'RFC 4787 §5', 'RFC 1812 §5.2'],
  story:
    'Three departments have a network each, the servers another, and core routes between them. At the edge stands fw: it translates ' +
    'addresses, lets the departments out to the web, leads visitors to the web server in the DMZ and nowhere else, and lets the DMZ ' +
    'begin nothing towards the inside: a server that strangers can reach may fall, and shall take nobody with it.',
  question:
    'web in the DMZ was broken into. Which hosts can it reach, on which ports, and by which rule not? What would a second firewall between core and fw change?',
  look: [
    {
      filter: 'ip.dst == 10.9.0.2',
      meaning: 'in the DMZ: visitors from outside, and design1 with the address of its department',
    },
    { filter: 'ip.src == 10.9.0.2 && tcp.flags == 0x002', meaning: 'web tries to reach the inside: no answer' },
    { filter: 'ip.addr == 203.0.113.6', meaning: 'the company as it is seen outside' },
    { filter: 'frame.comment contains "rule"', meaning: 'what was dropped or rejected, and by which rule' },
  ],
  withoutLadder: true,
  watch: ['fw.dmz', 'fw.wan'],
  way: 'tcp.dstport == 80 && ip.src == 198.51.100.7',
  expert: { 'tcp.analysis.retransmission': 1 },
  async play(stage) {
    const { network: net } = stage;
    const { core, hosts, files } = inside(stage);
    const fw = net.router('fw', {
      ports: { inside: '10.1.255.1/30', dmz: '10.9.0.1/24', wan: '203.0.113.6/30' },
      gateway: '203.0.113.5',
      routes: { '10.1.0.0/16': '10.1.255.2' },
      nat: { outside: 'wan', forward: ['tcp 80 to 10.9.0.2'] },
      firewall: { rules: RULES },
    });
    const { www } = outside(stage, { company: fw });
    const web = net.host('web', { address: '10.9.0.2/24', gateway: '10.9.0.1' });
    net.cable(core.port('edge'), fw.port('inside'));
    net.cable(fw.port('dmz'), web);
    serve(web, 80, 'a page of the company');
    const [sales, design, books] = hosts as [NetHost, NetHost, NetHost];

    stage.expect('departments reach the servers', await outcome(fetchPage(sales, files)), 'files of the company');
    stage.expect('and the web', await outcome(fetchPage(books, www, 80, { localPort: 50_000 })), 'a page of www');
    stage.expect('visitors reach the DMZ', await outcome(fetchPage(www, '203.0.113.6')), 'a page of the company');
    stage.expect('so do the departments', await outcome(fetchPage(design, web)), 'a page of the company');
    stage.expect('the DMZ begins nothing inwards', await outcome(fetchPage(web, files, 80, { synRetries: 1 })), 'timed out');
    stage.expect('and no mail leaves but by the server for it', await outcome(fetchPage(sales, www, 25)), 'refused');
    stage.expect('a ping is allowed', (await books.ping(www))[0]?.outcome, 'reply');
    stage.showTables('at the end of the day');
    const counts = stage.rows(fw, 'firewall').map(([, name, , , packets]) => `${name} ${packets}`);
    stage.expect('what the rules have decided', counts.slice(2, 8), [
      'dmz-web 2',
      'web 1',
      'ping 1',
      'dmz-stays-out 2',
      'nothing-else 1',
      'policy of forward 0',
    ]);
  },
};
