/** Address translation, packet by packet: RFC 4787, RFC 5382, RFC 5508. */
import { describe, expect, test } from 'vitest';
import type { NatOptions } from '../../../src/lab/nat/options.ts';
import { MINUTE, SECOND } from '../../../src/stack/time.ts';
import { bytesOf } from '../../capture/frames.ts';
import { ACK, Box, DNS, datagram, echo, errorAbout, FIN, LAPTOP, OUT, PC, RST, SYN, segment, WEB } from './box.ts';

const UNASKED = 'NAT: nobody inside asked for it';
const FILTERED = 'NAT: filtered: nobody inside has spoken to whom it comes from';

describe('out and back', () => {
  test('a datagram leaves with the address outside and its own port, and the answer finds its way', () => {
    const box = new Box();
    expect(box.sends(datagram())).toContain(`${OUT}:50000 > ${WEB}:53`);
    expect(box.note).toBe(`source ${PC}:50000 became ${OUT}:50000 (a new mapping)`);
    expect(box.gets(datagram({ from: WEB, to: OUT, source: 53, destination: 50_000 }))).toContain(`${WEB}:53 > ${PC}:50000`);
    expect(box.note).toBe(`destination ${OUT}:50000 became ${PC}:50000`);
  });

  test('a connection does too', () => {
    const box = new Box();
    expect(box.sends(segment(SYN))).toContain(`${OUT}:50000 > ${WEB}:80 [S]`);
    expect(box.gets(segment(SYN | ACK, { from: WEB, to: OUT, source: 80, destination: 50_000 }))).toContain(`> ${PC}:50000 [S.]`);
  });

  test('RFC 5508 §3.1: an echo request is known by its identifier', () => {
    const box = new Box();
    expect(box.sends(echo())).toContain(`${OUT} > ${WEB} ICMP echo request id 7`);
    expect(box.gets(echo({ from: WEB, to: OUT, reply: true }))).toContain(`${WEB} > ${PC} ICMP echo reply id 7`);
    expect(box.sends(echo({ from: LAPTOP }))).toContain('id 1024'); // 7 is taken
    expect(box.gets(echo({ from: WEB, to: OUT, id: 1024, reply: true }))).toContain(`${WEB} > ${LAPTOP} ICMP echo reply id 7`);
  });

  test('what is not for one of its addresses, and what stays inside, it leaves alone', () => {
    const box = new Box();
    expect(box.gets(datagram({ from: WEB, to: '192.168.2.1' }))).toContain(`${WEB}:50000 > 192.168.2.1:53`);
    expect(box.sends(datagram({ to: '192.168.2.1' }))).toContain(`${PC}:50000 > 192.168.2.1:53`);
    expect([box.nat.translated, box.nat.sessions, box.note]).toEqual([0, 0, '']);
  });

  test('only the networks that are said to be inside are translated', () => {
    const box = new Box({ inside: ['192.168.1.0/24'] });
    expect(box.sends(datagram({ from: '192.168.2.7' }))).toContain('192.168.2.7:50000 >');
    expect(box.sends(datagram())).toContain(`${OUT}:50000 >`);
  });
});

describe('ports and addresses', () => {
  test('RFC 4787 §4.2.1 (REQ-3): a port that is taken gives way to the next one, never to the same for two', () => {
    const box = new Box();
    const from = (host: number): string => box.sends(datagram({ from: `192.168.1.${host}` })).split(' ')[0]!;
    expect([10, 11, 12].map(from)).toEqual([`${OUT}:50000`, `${OUT}:50001`, `${OUT}:50002`]);
    expect(box.sends(segment(SYN, { from: LAPTOP }))).toContain(`${OUT}:50000`); // TCP has ports of its own
  });

  test('RFC 4787 §4.2.1 (REQ-3): what is below 1024 stays below', () => {
    const box = new Box();
    expect(box.sends(datagram({ source: 123 }))).toContain(`${OUT}:123 >`);
    expect(box.sends(datagram({ from: LAPTOP, source: 123 }))).toContain(`${OUT}:124 >`);
    expect(box.sends(datagram({ from: LAPTOP, source: 1023 }))).toContain(`${OUT}:1023 >`);
    expect(box.sends(datagram({ source: 1023 }))).toContain(`${OUT}:1 >`);
  });

  test('a range of ports holds for everybody', () => {
    const box = new Box({ ports: { first: 2000, last: 2002 } });
    const ends = [1, 2, 3, 4].map((host) => box.sends(datagram({ from: `192.168.1.${host}`, source: 80 })).split(' >')[0]);
    expect(ends).toEqual([`${OUT}:2000`, `${OUT}:2001`, `${OUT}:2002`, 'NAT: no port left outside']);
    expect(box.nat.drops).toEqual({ 'no port left outside': 1 });
  });

  test('ports need not be kept', () => {
    const box = new Box({ preservePorts: false, ports: { first: 2000, last: 2999 } });
    expect(box.sends(datagram({ source: 2000 }))).toContain(`${OUT}:2001`);
  });

  test('RFC 4787 §4.1 (REQ-2): a host has one address outside for all that it says, another host another', () => {
    const box = new Box({ addresses: ['203.0.113.8-203.0.113.9'] });
    const from = (host: string, source: number): string => box.sends(datagram({ from: host, source })).split(':')[0]!;
    expect([from(PC, 1), from(LAPTOP, 1), from(PC, 2), from(LAPTOP, 2), from('192.168.1.30', 1)]).toEqual([
      '203.0.113.8',
      '203.0.113.9',
      '203.0.113.8',
      '203.0.113.9',
      '203.0.113.8',
    ]);
  });

  const BEHAVIOURS: readonly (readonly [NonNullable<NatOptions['mapping']>, readonly number[]])[] = [
    ['endpoint-independent', [50_000, 50_000, 50_000]],
    ['address-dependent', [50_000, 50_000, 50_001]],
    ['address-and-port-dependent', [50_000, 50_001, 50_002]],
  ];
  test.each(BEHAVIOURS)('RFC 4787 §4.1: mappings that are %s', (mapping, ports) => {
    const box = new Box({ mapping });
    const to = (address: string, destination: number): number =>
      Number(/:(\d+) >/.exec(box.sends(datagram({ to: address, destination })))![1]);
    expect([to(WEB, 53), to(WEB, 54), to(DNS, 53)]).toEqual(ports);
    expect([to(WEB, 53), to(WEB, 54), to(DNS, 53)]).toEqual(ports); // and again
  });
});

describe('who is let in', () => {
  const FILTERS: readonly (readonly [NonNullable<NatOptions['filtering']>, boolean, boolean])[] = [
    ['endpoint-independent', true, true],
    ['address-dependent', true, false],
    ['address-and-port-dependent', false, false],
  ];
  test.each(FILTERS)('RFC 4787 §5: %s', (filtering, otherPort, otherAddress) => {
    const box = new Box({ filtering });
    box.sends(datagram());
    const from = (address: string, source: number): boolean =>
      box.gets(datagram({ from: address, to: OUT, source, destination: 50_000 })).includes(PC);
    expect([from(WEB, 53), from(WEB, 54), from(DNS, 53)]).toEqual([true, otherPort, otherAddress]);
  });

  test('what nobody asked for is dropped, by name', () => {
    const box = new Box();
    expect(box.gets(datagram({ from: WEB, to: OUT }))).toBe(UNASKED);
    expect(box.gets(segment(SYN, { from: WEB, to: OUT }))).toBe(UNASKED);
    expect(box.gets(echo({ from: WEB, to: OUT, reply: true }))).toBe(UNASKED);
    box.sends(datagram());
    expect(box.gets(datagram({ from: DNS, to: OUT, destination: 50_000 }))).toBe(FILTERED);
    expect(box.nat.drops).toEqual({ [UNASKED.slice(5)]: 3, [FILTERED.slice(5)]: 1 });
  });

  test('a ping to its address outside, and protocols without ports, are for the host that it stands on', () => {
    const box = new Box();
    expect(box.gets(echo({ from: WEB, to: OUT }))).toContain(`${WEB} > ${OUT} ICMP echo request`);
  });

  test('RFC 5382 §4.2: only a SYN opens a connection, from either side', () => {
    const box = new Box({ filtering: 'endpoint-independent' });
    expect(box.sends(segment(ACK))).toBe('NAT: opens no mapping');
    box.sends(segment(SYN));
    expect(box.gets(segment(ACK, { from: DNS, to: OUT, source: 9, destination: 50_000 }))).toBe('NAT: opens no mapping');
    expect(box.gets(segment(SYN, { from: DNS, to: OUT, source: 9, destination: 50_000 }))).toContain(`> ${PC}:50000`);
  });

  test('RFC 5382 §4.2 (REQ-2): both may open at once', () => {
    const box = new Box();
    const back = { from: WEB, to: OUT, source: 80, destination: 50_000 };
    box.sends(segment(SYN));
    expect(box.gets(segment(SYN, back))).toContain('[S]');
    expect(box.sends(segment(SYN | ACK))).toContain('[S.]');
    expect(box.gets(segment(SYN | ACK, back))).toContain('[S.]');
    box.sends(segment(ACK));
    expect(box.rows()[0]).toContain('established');
  });
});

describe('time', () => {
  test('RFC 4787 §4.3 (REQ-5): five minutes after the last word from inside a mapping of UDP is forgotten', () => {
    const box = new Box();
    box.sends(datagram());
    box.now = 299 * SECOND;
    box.sends(datagram());
    box.now += 299 * SECOND;
    expect(box.rows()).toEqual([`udp | ${PC}:50000 | ${OUT}:50000 | ${WEB}:53 | open | 1 s`]);
    box.now += SECOND;
    expect(box.gets(datagram({ from: WEB, to: OUT, source: 53, destination: 50_000 }))).toBe('NAT: its mapping has expired');
    expect(box.nat.events.map(({ at, text }) => `${at / SECOND}: ${text}`)).toEqual([
      `0: udp ${PC}:50000 = ${OUT}:50000 created`,
      `599: udp ${PC}:50000 = ${OUT}:50000 expired`,
    ]);
    expect([box.rows(), box.nat.sessions]).toEqual([[], 0]);
  });

  test.each([
    [false, 'NAT: its mapping has expired'],
    [true, `${WEB}:53 > ${PC}:50000`],
  ])('RFC 4787 §4.3 (REQ-6): words from outside refresh it: %s', (inboundRefresh, words) => {
    const box = new Box({ inboundRefresh });
    const answer = (): string => box.gets(datagram({ from: WEB, to: OUT, source: 53, destination: 50_000 }));
    box.sends(datagram());
    box.now = 200 * SECOND;
    answer();
    box.now = 400 * SECOND;
    expect(answer()).toContain(words);
  });

  test('RFC 5508 §3.2 (REQ-2): a ping is remembered for a minute', () => {
    const box = new Box();
    box.sends(echo());
    box.now = 60 * SECOND;
    expect(box.gets(echo({ from: WEB, to: OUT, reply: true }))).toBe('NAT: its mapping has expired');
  });

  /** What went by, and how long the session is remembered then. */
  const LIVES: readonly (readonly [string, readonly (readonly [way: 'out' | 'in', flags: number])[], string])[] = [
    ['SYN sent', [['out', SYN]], '4 min'],
    ['SYN answered', [['out', SYN], ['in', SYN | ACK]], '4 min'],
    ['established', [['out', SYN], ['in', SYN | ACK], ['out', ACK]], '2 h 4 min'],
    ['half-closed', [['out', SYN], ['in', SYN | ACK], ['out', ACK], ['in', FIN | ACK]], '2 h 4 min'],
    ['closing', [['out', SYN], ['in', SYN | ACK], ['out', ACK], ['in', FIN | ACK], ['out', FIN | ACK]], '4 min'],
    ['reset', [['out', SYN], ['in', SYN | ACK], ['out', ACK], ['in', RST]], '4 min'],
    ['reset', [['out', SYN], ['in', RST | ACK]], '4 min'],
    ['SYN sent', [['out', SYN], ['in', RST | ACK], ['out', SYN]], '4 min'],
  ]; // biome-ignore format: a table
  test.each(LIVES)('RFC 5382 §5 (REQ-5): %s', (phase, segments, left) => {
    const box = new Box();
    for (const [way, flags] of segments) {
      if (way === 'out') box.sends(segment(flags));
      else box.gets(segment(flags, { from: WEB, to: OUT, source: 80, destination: 50_000 }));
    }
    expect(box.rows()).toEqual([`tcp | ${PC}:50000 | ${OUT}:50000 | ${WEB}:80 | ${phase} | ${left}`]);
  });

  test('a mapping lives as long as one of its sessions', () => {
    const box = new Box();
    box.sends(datagram());
    box.now = 200 * SECOND;
    box.sends(datagram({ to: DNS }));
    box.now = 400 * SECOND;
    expect(box.rows()).toEqual([`udp | ${PC}:50000 | ${OUT}:50000 | ${DNS}:53 | open | 1 min 40 s`]);
    expect(box.sends(datagram())).toContain(`${OUT}:50000`);
  });

  test('it says when it will forget something next', () => {
    const box = new Box();
    box.sends(datagram());
    expect(box.nat.nextTimeout()).toBe(5 * MINUTE);
    box.nat.expire(5 * MINUTE);
    expect(box.nat.nextTimeout()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('bounds', () => {
  test('the table has an end, which is a drop with a name', () => {
    const box = new Box({ maxSessions: 2 });
    box.sends(datagram({ source: 1 }));
    box.sends(datagram({ source: 2 }));
    expect(box.sends(datagram({ source: 3 }))).toBe('NAT: NAT table full');
    expect(box.sends(datagram({ source: 2 }))).toContain(OUT);
    box.now = 300 * SECOND;
    expect(box.sends(datagram({ source: 3 }))).toContain(OUT);
  });

  test('a host inside may have so many mappings and no more', () => {
    const box = new Box({ maxPerHost: 1 });
    box.sends(datagram({ source: 1 }));
    expect(box.sends(datagram({ source: 2 }))).toBe('NAT: too many mappings for one host');
    expect(box.sends(datagram({ source: 1, to: DNS }))).toContain(OUT);
    expect(box.sends(datagram({ source: 2, from: LAPTOP }))).toContain(OUT);
  });

  test('without an address outside there is nothing to become', () => {
    const box = new Box({ addresses: [] });
    expect(box.sends(datagram())).toBe('NAT: no address outside yet');
  });
});

describe('what is written down', () => {
  const forwarding: Partial<NatOptions> = { forward: ['tcp 80 to 192.168.1.20:8080', 'udp 5000-5002 to 192.168.1.20'] };

  test('a port outside leads to a host inside, whoever comes', () => {
    const box = new Box(forwarding);
    expect(box.gets(segment(SYN, { from: WEB, to: OUT, source: 9 }))).toContain(`${WEB}:9 > ${LAPTOP}:8080`);
    expect(box.sends(segment(SYN | ACK, { from: LAPTOP, to: WEB, source: 8080, destination: 9 }))).toContain(
      `${OUT}:80 > ${WEB}:9`,
    );
    expect(box.gets(datagram({ from: WEB, to: OUT, destination: 5002 }))).toContain(`> ${LAPTOP}:5002`);
    expect(box.gets(datagram({ from: WEB, to: OUT, destination: 5003 }))).toBe(UNASKED);
    expect(box.rows().slice(0, 3)).toEqual([
      'tcp | 192.168.1.20:8080 | any:80 |  | forwarded | ',
      'udp | 192.168.1.20:5000-5002 | any:5000-5002 |  | forwarded | ',
      `tcp | ${LAPTOP}:8080 | ${OUT}:80 | ${WEB}:9 | SYN answered | 4 min`,
    ]);
  });

  test('nobody else gets the port, and its host speaks from it', () => {
    const box = new Box(forwarding);
    expect(box.sends(datagram({ source: 5001 }))).toContain(`${OUT}:5003`);
    expect(box.sends(datagram({ from: LAPTOP, source: 5001 }))).toContain(`${OUT}:5001`);
  });

  test('one to one: a whole address, any protocol, no memory', () => {
    const box = new Box({ oneToOne: { '203.0.113.5': LAPTOP } });
    expect(box.gets(echo({ from: WEB, to: '203.0.113.5' }))).toContain(`${WEB} > ${LAPTOP} ICMP echo request id 7`);
    expect(box.sends(echo({ from: LAPTOP, reply: true }))).toContain(`203.0.113.5 > ${WEB} ICMP echo reply id 7`);
    expect(box.sends(segment(ACK, { from: LAPTOP }))).toContain(`203.0.113.5:50000 > ${WEB}:80`);
    expect(box.rows()).toEqual([`any | ${LAPTOP} | 203.0.113.5 |  | one to one | `]);
  });
});

describe('RFC 4787 §6 (REQ-9): from inside to inside by the address outside', () => {
  test('both see the other as it is seen outside', () => {
    const box = new Box({ forward: ['tcp 80 to 192.168.1.20:8080'] });
    expect(box.sends(segment(SYN, { to: OUT }))).toContain(`${OUT}:50000 > ${LAPTOP}:8080 [S]`);
    expect(box.note).toBe(`destination ${OUT}:80 became ${LAPTOP}:8080 (a new mapping); source ${PC}:50000 became ${OUT}:50000`);
    const back = segment(SYN | ACK, { from: LAPTOP, to: OUT, source: 8080, destination: 50_000 });
    expect(box.sends(back)).toContain(`${OUT}:80 > ${PC}:50000 [S.]`);
  });

  test('two hosts that have mappings, as far as the filter lets them', () => {
    const box = new Box({ filtering: 'endpoint-independent' });
    box.sends(datagram({ from: LAPTOP, source: 6000 }));
    expect(box.sends(datagram({ to: OUT, destination: 6000 }))).toContain(`${OUT}:50000 > ${LAPTOP}:6000`);
    expect(box.sends(datagram({ to: OUT, destination: 6001 }))).toBe(UNASKED);
  });

  test('a host is reached one to one from inside too', () => {
    const box = new Box({ oneToOne: { '203.0.113.5': LAPTOP } });
    expect(box.sends(datagram({ to: '203.0.113.5' }))).toContain(`${OUT}:50000 > ${LAPTOP}:53`);
    expect(box.sends(datagram({ from: LAPTOP, to: OUT, source: 53, destination: 50_000 }))).toContain(
      `203.0.113.5:53 > ${PC}:50000`,
    );
  });

  test('RFC 5508 §5 (REQ-7): an error goes back the same way', () => {
    const box = new Box({ forward: ['udp 53 to 192.168.1.20'] });
    box.sends(datagram({ to: OUT }));
    expect(box.sends(errorAbout(box.last, LAPTOP, 3, 3))).toContain(`${OUT} > ${PC} ICMP port unreachable`);
    expect(box.note).toContain(`destination ${OUT} became ${PC}`);
  });
});

describe('RFC 5508 §4: ICMP errors', () => {
  test('about what has left: the quotation is as the host inside knows it', () => {
    const box = new Box();
    for (const packet of [datagram(), segment(SYN), echo()]) {
      box.sends(packet);
      const said = box.gets(errorAbout(box.last, '192.0.2.1', 11, 0));
      expect(said).toContain(`192.0.2.1 > ${PC} ICMP time to live exceeded`);
      expect(said).toContain(` for ${PC}`);
    }
  });

  test('about what has come in: the quotation is as the host outside knows it, and so is who says it', () => {
    const box = new Box({ forward: ['udp 53 to 192.168.1.20:5353'] });
    box.gets(datagram({ from: WEB, to: OUT, source: 9 }));
    const said = box.sends(errorAbout(box.last, LAPTOP, 3, 3));
    expect(said).toContain(`${OUT} > ${WEB} ICMP port unreachable`);
    expect(said).toContain(`${WEB}:9 > ${OUT}:53`);
  });

  test('REQ-3: about no mapping, with a wrong checksum, with a quotation that is none', () => {
    const box = new Box();
    box.sends(datagram());
    const left = box.last;
    const damaged = errorAbout(left, WEB, 3, 3);
    damaged.bytes[damaged.end - 1]! ^= 1;
    expect(box.gets(damaged)).toBe('NAT: ICMP checksum wrong');
    const wrongInside = left.slice();
    wrongInside[24]! ^= 1; // the checksum of its IPv4 header
    expect(box.gets(errorAbout(wrongInside, WEB, 3, 3))).toBe('NAT: ICMP error quotes no packet');
    expect(box.sends(errorAbout(left, PC, 3, 3))).toBe('NAT: ICMP error about no mapping'); // nothing that came back inside
    const never = bytesOf(datagram({ from: WEB, to: PC, source: 9, destination: 9 }));
    expect(box.sends(errorAbout(never, PC, 3, 3))).toBe('NAT: ICMP error about no mapping');
    box.now = 300 * SECOND;
    expect(box.gets(errorAbout(left, WEB, 3, 3))).toContain(`${WEB} > ${OUT}`); // the host may know what it is about
  });

  test('REQ-6: an error neither ends a mapping nor keeps it alive', () => {
    const box = new Box();
    box.sends(datagram());
    box.now = 100 * SECOND;
    box.gets(errorAbout(box.last, WEB, 3, 3));
    expect(box.rows()[0]).toContain('3 min 20 s');
  });
});

describe('what cannot be read', () => {
  test('a segment that ends before its header does', () => {
    const box = new Box();
    const packet = segment(SYN);
    packet.view.setUint8(packet.network + 32, 0xf0);
    expect(box.sends(packet)).toBe('NAT: transport header cut short');
  });

  test('a protocol without ports has nothing to be known by', () => {
    const box = new Box();
    const packet = datagram();
    packet.view.setUint8(packet.network + 9, 47);
    packet.start = packet.network;
    expect(box.sends(packet)).toBe('NAT: protocol without ports');
  });
});
