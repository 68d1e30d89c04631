/** A firewall, packet by packet: which rule decides, what it remembers, what it counts. */
import { describe, expect, test } from 'vitest';
import type { FirewallOptions } from '../../../src/lab/firewall/firewall.ts';
import { Firewall } from '../../../src/lab/firewall/firewall.ts';
import type { Chain } from '../../../src/lab/firewall/rule.ts';
import type { Packet } from '../../../src/stack/bytes/packet.ts';
import type { NetworkInterface } from '../../../src/stack/host/interface.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { bytesOf } from '../../capture/frames.ts';
import { ACK, datagram, echo, errorAbout, FIN, PC, RST, SYN, segment, WEB } from '../nat/box.ts';

const port = (id: number, name: string): NetworkInterface => ({ id, name }) as NetworkInterface;
const [lan, wan] = [port(1, 'lan'), port(2, 'wan')];

class Wall {
  readonly firewall: Firewall;
  now = 0;

  constructor(...rules: readonly string[]);
  constructor(options: FirewallOptions);
  constructor(first: FirewallOptions | string = {}, ...more: readonly string[]) {
    this.firewall = new Firewall(typeof first === 'string' ? { rules: [first, ...more] } : first);
  }

  out(packet: Packet): string {
    return this.#ask('forward', packet, lan, wan);
  }

  back(packet: Packet): string {
    return this.#ask('forward', packet, wan, lan);
  }

  input(packet: Packet): string {
    return this.#ask('input', packet, lan);
  }

  output(packet: Packet): string {
    return this.#ask('output', packet, lan);
  }

  rows(): string[] {
    const [rules] = this.firewall.tables('fw', this.now);
    return (rules?.rows ?? []).map((row) => row.join(' | '));
  }

  connections(): string[] {
    const [, known] = this.firewall.tables('fw', this.now);
    return (known?.rows ?? []).map((row) => row.join(' | '));
  }

  #ask(chain: Chain, packet: Packet, one: NetworkInterface, other: NetworkInterface = lan): string {
    packet.start = packet.network;
    const { hooks } = this.firewall;
    if (chain === 'forward') return hooks.forward?.(packet, one, other, this.now) ?? '';
    return hooks[chain]?.(packet, one, this.now) ?? '';
  }
}

const reply = { from: WEB, to: PC, source: 80, destination: 50_000 };

describe('rules', () => {
  test('the first that means a packet decides, and what none means the policy', () => {
    const wall = new Wall('drop tcp to 198.51.100.0/24 port 25 as no-mail', 'allow tcp', 'drop tcp port 23');
    expect(wall.out(segment(SYN, { destination: 25 }))).toBe('rule no-mail');
    expect(wall.out(segment(SYN, { destination: 25, to: '192.0.2.1' }))).toBe('accept');
    expect(wall.out(segment(SYN, { destination: 23 }))).toBe('accept');
    expect(wall.out(datagram())).toBe('policy of forward');
  });

  const MEANT: readonly (readonly [string, Packet, 'out' | 'back', boolean])[] = [
    ['allow tcp port 80', segment(SYN), 'out', true],
    ['allow tcp port 81', segment(SYN), 'out', false],
    ['allow tcp port 70-80', segment(SYN), 'out', true],
    ['allow tcp from any port 50000', segment(SYN), 'out', true],
    ['allow tcp from any port 50001', segment(SYN), 'out', false],
    ['allow udp', segment(SYN), 'out', false],
    ['allow from 192.168.1.0/24', segment(SYN), 'out', true],
    ['allow from 192.168.1.11,192.168.1.10', segment(SYN), 'out', true],
    ['allow from 192.168.2.0/24', segment(SYN), 'out', false],
    ['allow to 198.51.100.7', segment(SYN), 'out', true],
    ['allow in lan out wan', segment(SYN), 'out', true],
    ['allow in wan', segment(SYN), 'out', false],
    ['allow in wan', segment(SYN), 'back', true],
    ['allow tcp flags syn,!ack', segment(SYN), 'out', true],
    ['allow tcp flags ack', segment(SYN), 'out', false],
    ['allow icmp type echo-request', echo(), 'out', true],
    ['allow icmp type 8', echo(), 'out', true],
    ['allow icmp type echo-reply', echo(), 'out', false],
    ['allow state new', echo(), 'out', true],
    ['allow on input', echo(), 'out', false],
  ];
  test.each(MEANT)('%s', (rule, packet, way, isMeant) => {
    expect(new Wall(rule)[way](packet)).toBe(isMeant ? 'accept' : 'policy of forward');
  });

  test('chains are apart; unless said otherwise, what is for the host or comes from it passes', () => {
    const wall = new Wall('drop icmp on input as no-ping', 'drop udp on output');
    expect([wall.input(echo()), wall.output(echo()), wall.input(datagram())]).toEqual(['rule no-ping', 'accept', 'accept']);
    expect(wall.output(datagram({ from: WEB, to: PC, source: 53, destination: 50_000 }))).toBe('accept'); // an answer
    expect(wall.output(datagram({ source: 9 }))).toBe('rule 2');
    expect(new Wall({ policy: { input: 'drop', forward: 'accept' } }).input(echo())).toBe('policy of input');
  });

  test('every packet is counted where it was decided about, and every drop is recorded', () => {
    const wall = new Wall('allow tcp port 80 as web', 'drop udp as no-udp');
    wall.out(segment(SYN));
    wall.back(segment(SYN | ACK, reply));
    wall.now = 3 * SECOND;
    wall.out(datagram());
    wall.out(echo());
    wall.out(segment(ACK, { source: 9 }));
    expect(wall.rows()).toEqual([
      'all | established | accept | state established,related | 1 | 40',
      'all | invalid | drop | state invalid | 1 | 40',
      'forward | web | accept | tcp port 80 | 1 | 40',
      'forward | no-udp | drop | udp | 1 | 40',
      'forward | policy of forward | drop | everything else | 1 | 36',
      'input | policy of input | accept | everything else | 0 | 0',
      'output | policy of output | accept | everything else | 0 | 0',
    ]);
    expect(wall.firewall.drops.map(({ at, rule, what }) => `${at / SECOND} ${rule}: ${what}`)).toEqual([
      `3 no-udp: udp ${PC}:50000 > ${WEB}:53`,
      `3 policy of forward: icmp ${PC} id 7 > ${WEB}`,
      `3 invalid: tcp ${PC}:9 > ${WEB}:80`,
    ]);
    expect([wall.firewall.counted('web')?.packets, wall.firewall.counted('nobody')]).toEqual([1, undefined]);
  });
});

describe('memory', () => {
  test('answers to what was let pass are let pass, whatever the rules say', () => {
    const wall = new Wall('allow in lan');
    expect(wall.back(segment(SYN, reply))).toBe('policy of forward');
    expect(wall.back(segment(SYN | ACK, reply))).toBe('invalid');
    wall.out(segment(SYN));
    expect(wall.back(segment(SYN | ACK, reply))).toBe('accept');
    expect(wall.connections()).toEqual([`tcp | ${PC}:50000 | ${WEB}:80 | SYN answered | 4 min`]);
    wall.out(echo());
    expect(wall.back(echo({ from: WEB, to: PC, reply: true }))).toBe('accept');
    expect(wall.back(echo({ from: WEB, to: PC, id: 8, reply: true }))).toBe('invalid');
    wall.out(datagram());
    expect(wall.back(datagram({ from: WEB, to: PC, source: 53, destination: 50_000 }))).toBe('accept');
    expect(wall.back(datagram({ from: WEB, to: PC, source: 54, destination: 50_000 }))).toBe('policy of forward');
  });

  test('an error about what is known is related, another is nothing', () => {
    const wall = new Wall('allow in lan');
    const packet = datagram();
    wall.out(packet);
    packet.start = packet.network - 14;
    const frame = bytesOf(packet);
    expect(wall.back(errorAbout(frame, '192.0.2.1', 3, 1))).toBe('accept');
    const damaged = errorAbout(frame, '192.0.2.1', 3, 1);
    damaged.bytes[damaged.end - 1]! ^= 1;
    expect(wall.back(damaged)).toBe('invalid');
    wall.now = 5 * MINUTE;
    expect(wall.back(errorAbout(frame, '192.0.2.1', 3, 1))).toBe('invalid');
  });

  test('what was dropped is not remembered', () => {
    const wall = new Wall('drop in lan');
    wall.out(datagram());
    expect([wall.back(datagram({ from: WEB, to: PC, source: 53, destination: 50_000 })), wall.firewall.connections]).toEqual([
      'policy of forward',
      0,
    ]);
  });

  test('a rule may ask for what begins only, and new is what nobody has answered', () => {
    const wall = new Wall('drop udp state new as beginnings', 'allow any');
    expect(wall.out(datagram())).toBe('rule beginnings');
  });

  test('a connection is remembered as long as its state has it', () => {
    const wall = new Wall('allow in lan');
    wall.out(segment(SYN));
    wall.back(segment(SYN | ACK, reply));
    wall.out(segment(ACK));
    expect(wall.connections()).toEqual([`tcp | ${PC}:50000 | ${WEB}:80 | established | 2 h 4 min`]);
    wall.out(segment(FIN | ACK));
    wall.back(segment(FIN | ACK, reply));
    expect(wall.connections()).toEqual([`tcp | ${PC}:50000 | ${WEB}:80 | closing | 4 min`]);
    wall.now = 4 * MINUTE;
    expect([wall.back(segment(ACK, reply)), wall.connections()]).toEqual(['invalid', []]);
  });

  test('a reset ends it, and the same ports may begin anew', () => {
    const wall = new Wall('allow in lan');
    wall.out(segment(SYN));
    wall.back(segment(RST | ACK, reply));
    expect(wall.connections()[0]).toContain('reset | 4 min');
    expect(wall.out(segment(SYN))).toBe('accept');
    expect(wall.connections()[0]).toContain('SYN sent | 4 min');
  });

  test('the memory has an end, which is a drop with a name', () => {
    const wall = new Wall({ rules: ['allow any'], maxConnections: 1 });
    wall.out(datagram());
    expect(wall.out(datagram({ source: 2 }))).toBe('connection table full');
    expect(wall.rows().at(-1)).toBe('all | connection table full | drop | state new, and no room | 1 | 40');
    expect(wall.out(datagram())).toBe('accept');
  });
});

test('without a memory every packet is judged by itself', () => {
  const wall = new Wall({ stateful: false, rules: ['allow tcp in lan', 'allow tcp flags ack in wan'] });
  wall.out(segment(SYN));
  expect(wall.back(segment(SYN | ACK, reply))).toBe('accept');
  expect(wall.back(segment(ACK, { ...reply, source: 666 }))).toBe('accept'); // nobody has asked for it
  expect(wall.back(segment(SYN, reply))).toBe('policy of forward');
  expect([wall.firewall.connections, wall.connections()]).toEqual([0, []]);
});

test('what cannot be read is dropped, by a firewall without a memory too', () => {
  for (const stateful of [true, false]) {
    const wall = new Wall({ stateful, policy: { forward: 'accept' } });
    const packet = segment(SYN);
    packet.view.setUint8(packet.network + 32, 0xf0);
    expect(wall.out(packet)).toBe('invalid');
  }
});
