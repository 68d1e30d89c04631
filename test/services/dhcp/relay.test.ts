/** A relay agent between clients and their server, RFC 1542 §4.1: both directions, and what it does not carry. */
import { expect, test } from 'vitest';
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import { encode } from '../../../src/services/dhcp/encode.ts';
import type { DhcpRelayOptions } from '../../../src/services/dhcp/index.ts';
import { DhcpRelay } from '../../../src/services/dhcp/index.ts';
import { message } from '../../../src/services/dhcp/message.ts';
import { ipv4, MINUTE, openUdp, parseMac, SECOND } from '../../../src/stack/index.ts';
import { Lan, POOL, QUICK } from './lan.ts';
import { Talker } from './talker.ts';

/** Clients at the hub are in 192.168.20.0/24, behind the router; the server is on its other side. */
function campus(options: Partial<DhcpRelayOptions> = {}) {
  const lan = new Lan();
  const { net } = lan;
  const router = net.router('r1', { ports: { lan: '192.168.20.254/24', core: '10.0.0.254/24' } });
  const center = net.host('server', { address: '10.0.0.1/24', gateway: '10.0.0.254' });
  net.cable(router.port('lan'), lan.hub);
  net.cable(router.port('core'), center);
  const there = { network: '192.168.20.0/24', range: '192.168.20.100-192.168.20.110', router: '192.168.20.254' };
  const server = lan.serve(center, { conflictCheck: 0, pools: [POOL, there] });
  const relay = new DhcpRelay(router.stack, { time: net.timers, servers: [ipv4('10.0.0.1')], ...options });
  return { lan, server, relay, router };
}

test('a client behind a router gets an address of its own network, and renews it without the agent', async () => {
  const { lan, relay, server } = campus();
  const pc = lan.host('pc1');
  const client = lan.ask(pc);
  expect(await lan.address(client)).toBe('192.168.20.100');
  expect(lan.heard('pc1')).toEqual(['discover', 'offer 192.168.20.100', 'request', 'acknowledgment 192.168.20.100']);
  expect([relay.requests, relay.replies]).toEqual([2, 2]);
  const [result] = await lan.net.world.finish(pc.ping('10.0.0.1'));
  expect(result?.outcome).toBe('reply');
  lan.recording.forget();
  await lan.passes(31 * MINUTE);
  expect(lan.heard('server')).toEqual(['request', 'acknowledgment 192.168.20.100']);
  expect([relay.requests, client.state]).toEqual([2, 'BOUND']);
  await lan.net.world.finish(client.close());
  await lan.passes(SECOND);
  expect(server.leases).toMatchObject([{ state: 'released' }]);
});

test('the agent fills in its address, counts a hop, and says to whom it carries', async () => {
  const { lan } = campus();
  await lan.address(lan.client('pc1'));
  const at = lan.recording.interfaces.findIndex(({ name }) => name === 'server');
  const sent = lan.recording.frames.filter(({ interfaceId }) => interfaceId === at);
  const agents = sent.flatMap(({ bytes }) => {
    const { network, application } = dissect(bytes);
    if (application?.kind !== 'dhcp' || network?.kind !== 'ipv4') return [];
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const giaddr = [...bytes.subarray(application.at + 24, application.at + 28)].join('.');
    return [`${network.source} to ${network.destination}, hops ${view.getUint8(application.at + 3)}, agent ${giaddr}`];
  });
  expect(agents).toEqual([
    '10.0.0.254 to 10.0.0.1, hops 1, agent 192.168.20.254',
    '10.0.0.1 to 192.168.20.254, hops 0, agent 192.168.20.254',
    '10.0.0.254 to 10.0.0.1, hops 1, agent 192.168.20.254',
    '10.0.0.1 to 192.168.20.254, hops 0, agent 192.168.20.254',
  ]);
  expect(lan.notes('r1.core')[0]).toBe('carried on for 192.168.20.254, hop 1');
});

test('a refusal reaches a client that came from another network, by broadcast', async () => {
  const { lan } = campus();
  const client = lan.client('pc1', { previous: ipv4('10.0.0.100'), conflictCheck: QUICK });
  expect(await lan.address(client)).toBe('192.168.20.100');
  expect(lan.heard('pc1').slice(0, 2)).toEqual(['request', 'negative acknowledgment']);
});

test('what is not carried on has a name', async () => {
  const { lan, relay } = campus({ maxHops: 1 });
  const talker = new Talker(lan, lan.host('pc1', { address: '192.168.20.5/24' }));
  const chaddr = parseMac('02:00:00:00:00:09')!;
  const said = (more: object): Uint8Array =>
    encode(message({ op: 'request', type: 'discover', xid: 1, chaddr, options: new Map(), ...more })).bytes;
  talker.raw(said({ hops: 1 }));
  talker.raw(said({ op: 'reply', type: 'offer', giaddr: ipv4('192.168.20.77').w3 }));
  talker.raw(new Uint8Array(9));
  await lan.passes(SECOND);
  expect(Object.fromEntries(Object.entries(relay.drops).filter(([, count]) => count > 0))).toEqual({
    'too many hops': 1,
    'for another relay agent': 1,
    'shorter than a DHCP message': 1,
  });
  relay.close();
});

test('an agent without a server, or with hops beyond RFC 1542 §4.1.1, is refused; a second one has no port', () => {
  const { router, lan } = campus();
  const options = { time: lan.net.timers, servers: [ipv4('10.0.0.1')] };
  expect(() => new DhcpRelay(router.stack, { ...options, servers: [] })).toThrow('needs a server');
  expect(() => new DhcpRelay(router.stack, { ...options, maxHops: 17 })).toThrow('1 to 16 hops, not 17');
  expect(() => new DhcpRelay(router.stack, options)).toThrow('port in use');
  expect(() => openUdp(router.stack, { port: 68 }).close()).not.toThrow();
});
