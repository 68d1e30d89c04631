/** The DHCP of others over a TAP: udhcpc and dhclient ask our server, our client asks dnsmasq. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hostTimekeeper } from '../../src/node/host-timekeeper.ts';
import { SecureRandom } from '../../src/node/secure-random.ts';
import type { TapHostOptions } from '../../src/node/tap-host.ts';
import { TapHost } from '../../src/node/tap-host.ts';
import type { ClientEvent, DhcpClientOptions, ServerEvent } from '../../src/services/dhcp/index.ts';
import { DhcpClient, DhcpServer } from '../../src/services/dhcp/index.ts';
import { MILLISECOND, SECOND } from '../../src/stack/index.ts';
import { requirePrivateNamespace } from './private.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-dhcp-'));
/** What both clients call when something happens: gives the interface its address, without which they cannot renew. */
const script = join(folder, 'configure');
const cleanup: (() => unknown)[] = [];

beforeAll(() => {
  requirePrivateNamespace();
  const lines = [
    '#!/bin/sh',
    'case "$1$reason" in',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
    '  bound|renew|BOUND|RENEW) ip address replace "${ip:-$new_ip_address}/24" dev "$interface" ;;',
    '  deconfig|PREINIT) ip link set "$interface" up ;;',
    'esac',
  ];
  writeFileSync(script, lines.join('\n'), { mode: 0o755 });
});
afterEach(async () => {
  for (let undo = cleanup.pop(); undo !== undefined; undo = cleanup.pop()) await undo();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Events of one kind, waited for. Whoever waits hears of all that came before, too. */
class Heard<T extends { readonly kind: string; readonly words: string }> {
  readonly all: T[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly onEvent = (event: T): void => {
    this.all.push(event);
    for (const look of this.#waiting) look();
  };

  until(kind: T['kind'], count = 1): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.all.filter((event) => event.kind === kind)[count - 1];
        if (found !== undefined) resolve(found);
      };
      this.#waiting.push(look);
      look();
    });
  }
}

async function tapHost(options: TapHostOptions): Promise<TapHost> {
  const host = await TapHost.open(options);
  cleanup.push(() => host.close());
  return host;
}

/** A program that runs until the test is over. */
function runs(command: string, ...args: readonly string[]): ChildProcess & { readonly says: (words: string) => Promise<void> } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const listeners: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (const look of listeners) look();
    });
  }
  const says = (words: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (text.includes(words)) resolve();
      };
      listeners.push(look);
      look();
    });
  const ended = new Promise((resolve) => child.on('close', resolve));
  cleanup.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  return Object.assign(child, { says });
}

/** A server whose leases last four seconds: renewed after two. */
async function server(tap: string, network: string) {
  const heard = new Heard<ServerEvent>();
  const { stack, clock } = await tapHost({ tap, ip: `${network}.1/24`, linuxWithoutAddress: true });
  const pools = [
    { network: `${network}.0/24`, range: `${network}.100-${network}.109`, leaseTime: 4 * SECOND, router: `${network}.1` },
  ];
  const options = { time: hostTimekeeper(clock), pools, conflictCheck: 100 * MILLISECOND, authoritative: true };
  const own = new DhcpServer(stack, { ...options, onEvent: heard.onEvent });
  cleanup.push(() => own.close());
  return { own, heard };
}

test('udhcpc of busybox gets a lease from our server, renews it and gives it back', async () => {
  const { own, heard } = await server('dhcp0', '10.61.0');
  const client = runs('udhcpc', '-f', '-i', 'dhcp0', '-s', script, '-x', 'hostname:guest', '-R');
  await client.says('lease of 10.61.0.100 obtained');
  client.kill('SIGUSR1'); // renew now: by itself it takes no lease to be shorter than 16 s
  await heard.until('renewed');
  client.kill('SIGTERM'); // with -R it says goodbye
  await heard.until('released');
  expect(own.leases).toMatchObject([{ address: '10.61.0.100', hostName: 'guest', state: 'released' }]);
  expect(heard.all.map(({ kind }) => kind)).toEqual(['offered', 'bound', 'renewed', 'released']);
});

test('dhclient of ISC gets a lease from our server and renews it after half of the time', async () => {
  const { own, heard } = await server('dhcp0', '10.62.0');
  const files = ['-lf', join(folder, 'leases'), '-pf', join(folder, 'pid'), '-cf', '/dev/null', '-sf', script];
  runs('dhclient', '-4', '-d', ...files, 'dhcp0');
  const first = await heard.until('bound');
  const second = await heard.until('renewed');
  expect(second.words).toBe('lease 10.62.0.100 for 4 s: renewed');
  expect(first.mac).toBe(second.mac);
  expect(own.leases).toMatchObject([{ address: '10.62.0.100', state: 'bound' }]);
});

test('our client gets a lease from dnsmasq, renews it and gives it back', async () => {
  const heard = new Heard<ClientEvent>();
  const { stack, clock } = await tapHost({ tap: 'dhcp0', ip: '10.63.0.2/24', hostIp: '10.63.0.1/24', withoutAddress: true });
  const range = ['--dhcp-range=10.63.0.50,10.63.0.50,255.255.255.0,2m', '--dhcp-authoritative', '--dhcp-option=option:T1,3'];
  const files = [`--dhcp-leasefile=${join(folder, 'dnsmasq')}`, '--conf-file=/dev/null', '--pid-file=', '--user=root'];
  const told = ['--dhcp-option=option:dns-server,10.63.0.9', '--domain=lan.example', '--no-ping', '--no-resolv', '--no-hosts'];
  const daemon = runs('dnsmasq', '--no-daemon', '--port=0', '--interface=dhcp0', '--log-dhcp', ...range, ...files, ...told);
  await daemon.says('DHCP, IP range');
  const quick = { wait: 0, count: 1, min: 0, max: 0, announceWait: 100 * MILLISECOND };
  const options: DhcpClientOptions = {
    stack,
    interface: stack.interfaces.get(1)!,
    time: hostTimekeeper(clock),
    random: new SecureRandom(),
    hostName: 'guest',
    conflictCheck: quick,
    onEvent: heard.onEvent,
  };
  const client = new DhcpClient(options);
  const lease = await client.ready();
  expect([`${lease?.address}`, `${lease?.prefix}`, lease?.routers.join(), lease?.dns.join(), lease?.domain]).toEqual([
    '10.63.0.50',
    '10.63.0.0/24',
    '10.63.0.1',
    '10.63.0.9',
    'lan.example',
  ]);
  await heard.until('bound', 2);
  await client.close();
  expect(heard.all.filter(({ kind }) => kind !== 'state').map(({ words }) => words)).toEqual([
    '10.63.0.50 bound for 2 min by 10.63.0.1',
    '10.63.0.50 renewed for 2 min by 10.63.0.1',
    'gives 10.63.0.50 back',
  ]);
  await daemon.says('DHCPRELEASE(dhcp0) 10.63.0.50');
  expect(stack.addresses.list()).toEqual([]);
});
