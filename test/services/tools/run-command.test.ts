/** The tools of a host, as they are typed: what a terminal would show, in virtual time. */
import { describe, expect, test } from 'vitest';
import { startEcho } from '../../../src/services/echo.ts';
import { startHello } from '../../../src/services/hello.ts';
import { CommandError } from '../../../src/services/tools/command-error.ts';
import { runCommand } from '../../../src/services/tools/run-command.ts';
import { socketTable } from '../../../src/services/tools/sockets.ts';
import { traceroute } from '../../../src/services/tools/traceroute.ts';
import { connectTcp, ipv4, listenTcp, openUdp, SECOND } from '../../../src/stack/index.ts';
import { setting } from './setting.ts';

describe('traceroute', () => {
  test.each([
    ['UDP', 'traceroute server'],
    ['ICMP', 'traceroute -I server'],
  ])('by %s: every router shows itself, and the destination is the end', async (_name, line) => {
    const { client, done } = setting();
    const text = await done(runCommand(client, line));
    expect(text.replace(/\d+\.\d{3} ms/g, 'T').split('\n')).toEqual([
      'traceroute to server (10.0.3.1), 30 hops at most',
      ' 1  r1 (10.0.1.254)  T  T  T',
      ' 2  r2 (10.0.2.2)  T  T  T',
      ' 3  server (10.0.3.1)  T  T  T',
    ]);
    expect(client.stack.udp.size).toBe(0);
    expect(client.stack.icmp.echoListeners.size).toBe(0);
  });

  test('the time to each router is that of the way there and back', async () => {
    const { client, done } = setting();
    await done(runCommand(client, 'ping -c 1 server')); // ARP is over
    const text = await done(runCommand(client, 'traceroute -q 1 server'));
    expect(text.match(/\d+\.\d{3} ms/g)).toEqual(['2.000 ms', '4.000 ms', '6.000 ms']);
  });

  test('a router that says nothing is a line of asterisks, and the way goes on behind it', async () => {
    const { client, done } = setting({ isSilent: true });
    const text = await done(runCommand(client, 'traceroute -q 2 -w 0.2 server'));
    expect(text.split('\n')[2]).toBe(' 2  *  *');
    expect(text.split('\n')[3]).toMatch(/^ 3 {2}server \(10\.0\.3\.1\) /);
  });

  test('nobody at the address: the last router says !H', async () => {
    const { client, done } = setting();
    const text = await done(runCommand(client, 'traceroute -w 10 10.0.3.77'));
    expect(text).toMatch(/ 3 {2}r2 \(10\.0\.2\.2\) .* !H .* !H/);
    expect(text.split('\n')).toHaveLength(4);
  });

  test('no way to the network: the router that knows none says !N', async () => {
    const { client, done } = setting();
    const text = await done(runCommand(client, 'traceroute -q 1 192.0.2.1'));
    expect(text.split('\n')[2]).toMatch(/^ 2 {2}r1 \(10\.0\.1\.254\) {2}[\d.]+ ms !N$/);
  });

  test('somebody who answers on the port is the end too', async () => {
    const { client, server, done } = setting();
    for (let port = 33_434; port < 33_450; port++) startEcho(server, { port, tcp: false });
    const hops: boolean[] = [];
    const work = async (): Promise<void> => {
      for await (const { reached } of traceroute(client, ipv4('10.0.3.1'), { queries: 1 })) hops.push(reached);
    };
    await done(work());
    expect(hops).toEqual([false, false, true]);
  });

  test('numbers that cannot be are refused', async () => {
    const { client } = setting();
    const first = traceroute(client, ipv4('10.0.3.1'), { maxHops: 256 }).next();
    await expect(first).rejects.toThrow('hops: 1 to 255, not 256');
  });
});

test('ping by name, with its lines and its summary', async () => {
  const { client, done } = setting();
  const text = await done(runCommand(client, 'ping -c 2 -s 10 server'));
  expect(text.split('\n')).toEqual([
    'PING server (10.0.3.1): 10 bytes of data',
    expect.stringMatching(/^10 bytes from 10\.0\.3\.1: seq 1 ttl 62 time [\d.]+ ms$/),
    '10 bytes from 10.0.3.1: seq 2 ttl 62 time 6.000 ms',
    '2 sent, 2 received, 0% lost',
    expect.stringMatching(/^round trip min\/avg\/max 6\.000\//),
  ]);
  expect(await done(runCommand(client, 'ping -c 1 -t 1 server'))).toContain('time to live exceeded (says 10.0.1.254)');
});

test('what a host knows of its neighbours, routes and interfaces', async () => {
  const { client, done, world } = setting();
  expect(await runCommand(client, 'arp -a')).toBe('no neighbours are known');
  await done(runCommand(client, 'ping -c 1 server'));
  await world.runFor(2 * SECOND);
  expect((await runCommand(client, 'arp -a')).split('\n')).toEqual([
    'Address     Ethernet address   State      Age  Interface',
    '10.0.1.254  02:00:0a:00:01:fe  reachable  2 s  client',
  ]);
  expect(await runCommand(client, 'ip route')).toBe('10.0.1.0/24 dev client src 10.0.1.1\ndefault via 10.0.1.254 dev client');
  expect((await runCommand(client, 'route -n')).split('\n')).toEqual([
    'Destination  Gateway     Genmask        Flags  Metric  Iface',
    '10.0.1.0     0.0.0.0     255.255.255.0  U      0       client',
    '0.0.0.0      10.0.1.254  0.0.0.0        UG     0       client',
  ]);
  expect(await runCommand(client, 'ifconfig')).toBe(
    'client: mtu 1500\n    inet 10.0.1.1  netmask 255.255.255.0  broadcast 10.0.1.255\n    ether 02:00:0a:00:01:01',
  );
  expect(await runCommand(client, 'ip a')).toContain('inet 10.0.1.1/24 brd 10.0.1.255');
  expect(await runCommand(client, 'ip neigh')).toBe(await runCommand(client, 'arp'));
});

test('ss: listeners, connections with what waits in them, TIME-WAIT, UDP', async () => {
  const { client, server, done, world } = setting();
  const listener = listenTcp(server, 80, { backlog: 5 });
  const socket = await done(connectTcp(client.stack, ipv4('10.0.3.1'), 80, { localPort: 5000 }));
  const accepted = await done(listener.accept());
  await socket.write(new Uint8Array(700));
  openUdp(server, { port: 53 });
  await world.runFor(SECOND);
  const host = { stack: server, time: client.time };
  expect((await runCommand(host, 'ss')).split('\n')).toEqual([
    'Netid  State        Recv-Q  Send-Q  Local Address:Port  Peer Address:Port',
    'tcp    LISTEN       0       5       *:80                *:*',
    'tcp    ESTABLISHED  700     0       10.0.3.1:80         10.0.1.1:5000',
    'udp    UNCONNECTED  0       0       *:53                *:*',
  ]);
  expect((await runCommand(host, 'netstat -t -l')).split('\n')).toHaveLength(2);
  const readToEnd = async (): Promise<void> => {
    for await (const _ of accepted!);
    await accepted!.close();
  };
  await done(Promise.all([socket.close(), readToEnd()]));
  await world.runFor(SECOND);
  expect(socketTable(client.stack)).toMatchObject([{ state: 'TIME-WAIT', local: '10.0.1.1:5000', remote: '10.0.3.1:80' }]);
  expect(await runCommand({ stack: server, time: client.time }, 'ss -u')).toContain('*:53');
});

test('nc: TCP with an answer, UDP with and without one, and a caller', async () => {
  const { client, server, done } = setting();
  startEcho(server);
  expect(await done(runCommand(client, 'nc server 7 hello "big  world"'))).toBe('hello big  world');
  expect(await done(runCommand(client, 'nc -u server 7 hello'))).toBe('hello');
  expect(await done(runCommand(client, 'nc -u server 8 hello'))).toContain('port unreachable');
  expect(await done(runCommand(client, 'nc server 8 hello'))).toBe('cannot connect to 10.0.3.1:8: refused');
  openUdp(server, { port: 9 });
  expect(await done(runCommand(client, 'nc -u -w 1 server 9 hello'))).toBe('no answer');
  expect(await done(runCommand(client, 'nc -l -w 1 4000'))).toBe('nobody called');
  const waiting = runCommand({ stack: server, time: client.time }, 'nc -l 4000 welcome');
  const both = Promise.all([waiting, runCommand(client, 'nc server 4000 good day')]);
  expect(await done(both)).toEqual(['good day', 'welcome']);
});

test('get: a page, its head, and no server', async () => {
  const { client, server, done } = setting();
  startHello(server, { port: 80, time: client.time });
  expect(await done(runCommand(client, 'get http://server/'))).toBe('Hello from tapstack.');
  expect(await done(runCommand(client, 'get -i server/x?y'))).toMatch(/^HTTP\/1\.1 200 OK\n(.+\n)+\nHello from tapstack\.$/);
  expect(await done(runCommand(client, 'get server:81'))).toBe('cannot connect to 10.0.3.1:81: refused');
});

test('help tells what there is, and of one command how it is written', async () => {
  const { client } = setting();
  const text = await runCommand(client, 'help');
  for (const name of ['ping', 'traceroute', 'nc', 'get', 'arp', 'ip', 'route', 'ifconfig', 'ss'])
    expect(text).toMatch(new RegExp(`^${name} `, 'm'));
  expect(await runCommand(client, 'help arp')).toBe('arp -a');
  expect(await runCommand(client, '')).toBe(text);
});

test.each([
  ['pign server', 'there is no command "pign": there are ping, traceroute, nc, get, arp, ip, route, ifconfig, ss, help'],
  ['ping', 'ping wants one host: "ping 10.0.0.1"'],
  ['ping a b', 'ping wants one host: "ping 10.0.0.1"'],
  ['ping nowhere', 'no address is known for "nowhere"'],
  ['ping 10.0.0.256', '"10.0.0.256" is not an IPv4 address such as 10.0.0.1'],
  ['ping -x server', 'ping has no option -x: it has -c COUNT, -i SECONDS, -W SECONDS, -s BYTES, -t TTL'],
  ['ping -c', '-c wants COUNT, a number from 1 to 1000, not nothing'],
  ['ping -c -1 server', '-c wants COUNT, a number from 1 to 1000, not "-1"'],
  ['ping -c 1e9 server', '-c wants COUNT, a number from 1 to 1000, not "1e9"'],
  ['nc server', 'a port is a number from 1 to 65535, not nothing'],
  ['nc server 65536', 'a port is a number from 1 to 65535, not "65536"'],
  ['get ftp://x/', '"ftp://x/" is no address of a page such as http://10.0.0.1:8081/page'],
  ['ip link', 'ip shows addr, route or neigh, not link'],
  ['nc server 7 "open', 'a quotation does not end, or begins inside of a word: "open'],
])('%s: %s', async (line, message) => {
  const { client } = setting();
  const refused = runCommand(client, line);
  await expect(refused).rejects.toThrow(CommandError);
  await expect(refused).rejects.toThrow(message);
});
