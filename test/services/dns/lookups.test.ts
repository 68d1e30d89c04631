/** Names looked up in a network in virtual time: client, resolver, root, top level and authority, each on a stack of its own. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { NetHost } from '../../../src/lab/network/net-host.ts';
import { Network } from '../../../src/lab/network/network.ts';
import { World } from '../../../src/lab/world.ts';
import { DnsError, decode, encode, queryFor, rcodeName, responseTo, typeOf, zoneOf } from '../../../src/services/dns/index.ts';
import { connectTcp, ipv4, openUdp, SECOND } from '../../../src/stack/index.ts';

const ROOT = { 'a.root-servers.net': '10.0.0.1' };
const LONG = Array.from({ length: 12 }, (_, i) => `"${`${i}`.padStart(120, 'x')}"`);

/** One switch, five servers and a host. */
function names() {
  const net = new Network(new World({ settle: () => setImmediate() }));
  const sw = net.switch('sw', { ports: 10 });
  const host = (name: string, last: number): NetHost => {
    const made = net.host(name, { address: `10.0.0.${last}/24` });
    net.cable(made, sw);
    return made;
  };
  const [root, com, ns, other, resolver, pc] = [
    host('root', 1),
    host('com', 2),
    host('ns', 3),
    host('other', 4),
    host('resolver', 53),
    host('pc', 100),
  ];
  const rootService = root.serveZones([
    zoneOf('', {
      '@': { NS: 'a.root-servers.net.' },
      com: { NS: 'ns.com.' },
      'ns.com': { A: '10.0.0.2' },
      net: { NS: 'ns.com.' },
    }),
  ]);
  com.serveZones([
    zoneOf('com', {
      '@': { NS: 'ns' },
      ns: { A: '10.0.0.2' },
      example: { NS: ['ns1.example', 'ns2.example'] },
      'ns1.example': { A: '10.0.0.3' },
      'ns2.example': { A: '10.0.0.9' }, // nobody is there
      lame: { NS: 'ns.example' },
      'ns.example': { A: '10.0.0.4' },
    }),
    zoneOf('net', { '@': { NS: 'ns.com.' }, glueless: { NS: 'ns1.example.com.' } }),
  ]);
  const authority = ns.serveZones([
    zoneOf(
      'example.com',
      {
        '@': { NS: ['ns1', 'ns2'], MX: '10 mail' },
        ns1: { A: '10.0.0.3' },
        ns2: { A: '10.0.0.9' },
        www: { A: '192.0.2.80', ttl: 300 },
        mail: { A: '192.0.2.25' },
        short: { CNAME: 'www', ttl: 60 },
        away: { CNAME: 'www.glueless.net.' },
        loop: { CNAME: 'pool' },
        pool: { CNAME: 'loop' },
        long: { TXT: LONG.join(' ') },
      },
      { negativeTtl: 30 },
    ),
    zoneOf('glueless.net', { '@': { NS: 'ns1.example.com.' }, www: { A: '192.0.2.81' } }),
  ]);
  const served = resolver.serveNames({ root: ROOT, timeout: SECOND });
  const client = pc.askNames({ servers: ['10.0.0.53'], hosts: '192.168.1.10 printer printer.home\n', search: ['example.com'] });
  return { net, root, com, ns, other, resolver, pc, rootService, authority, served, client, world: net.world };
}

const questions = ({ counts }: { counts: ReadonlyMap<string, number> }): number => counts.get('questions') ?? 0;

describe('RFC 1034 §5.3.3: a resolver', () => {
  test('walks from the root to the authority, and the second time nowhere', async () => {
    const { world, client, rootService, authority, served } = names();
    const first = await world.finish(client.ask({ name: 'www.example.com', type: 'A', class: 'IN' }));
    expect([first.from, first.answers.map(({ name, ttl }) => [name, ttl])]).toEqual(['10.0.0.53', [['www.example.com', 300]]]);
    expect([questions(rootService), questions(authority)]).toEqual([1, 1]);
    await world.runFor(20 * SECOND);
    const second = await world.finish(client.ask({ name: 'WWW.example.com', type: 'A', class: 'IN' }));
    expect(second.note).toMatch(/^from the cache, 2[78]\d s left$/);
    expect([questions(rootService), questions(authority), served.service.counts.get('questions')]).toEqual([1, 1, 1]);
    const other = await world.finish(client.lookup('mail.example.com'));
    expect([other, questions(rootService), questions(authority)]).toEqual([['192.0.2.25'], 1, 2]); // the way is known
  });

  test('follows aliases to other zones, also to a server whose address has to be found out first', async () => {
    const { world, client } = names();
    const { answers } = await world.finish(client.resolve('away.example.com', 'A'));
    expect(answers.map((record) => [record.name, typeOf(record)])).toEqual([
      ['away.example.com', 'CNAME'],
      ['www.glueless.net', 'A'],
    ]);
  });

  test('of two servers asks the other when one is silent', async () => {
    const { world, client, authority } = names();
    await world.finish(client.lookup('mail.example.com'));
    // both are in the referral: 10.0.0.9 never answers
    for (let i = 0; i < 5; i++) await world.finish(client.ask({ name: `n${i}.example.com`, type: 'A', class: 'IN' }));
    expect(questions(authority)).toBe(6);
  });

  test('RFC 2308 §5: remembers that there is nothing, as long as the SOA says', async () => {
    const { world, client, authority } = names();
    const ask = () => world.finish(client.ask({ name: 'nobody.example.com', type: 'A', class: 'IN' }));
    expect(rcodeName((await ask()).rcode)).toBe('NXDOMAIN');
    expect((await ask()).note).toMatch(/^no such name, from the cache, \d+ s left$/);
    const other = await world.finish(client.ask({ name: 'nobody.example.com', type: 'MX', class: 'IN' }));
    expect(other.note).toMatch(/^no such name, from the cache/); // §5: "for all types"
    expect(questions(authority)).toBe(1);
    await world.runFor(31 * SECOND);
    await ask();
    expect(questions(authority)).toBe(2);
  });

  test('aliases in a circle and servers that know nothing come to an end, which is remembered for a moment', async () => {
    const { world, client } = names();
    for (const name of ['loop.example.com', 'www.lame.com']) {
      const answer = await world.finish(client.ask({ name, type: 'A', class: 'IN' }));
      expect([name, rcodeName(answer.rcode)]).toEqual([name, 'SERVFAIL']);
    }
  });

  test('a question without "recursion desired" hears only what is known', async () => {
    const { world, pc, client } = names();
    const ask = async () => {
      const socket = openUdp(pc.stack);
      await socket.send(encode(queryFor(7, { name: 'www.example.com', type: 'A', class: 'IN' })), {
        address: ipv4('10.0.0.53'),
        port: 53,
      });
      const datagram = await socket.receive();
      const decoded = decode(datagram?.bytes ?? new Uint8Array());
      return 'message' in decoded ? [rcodeName(decoded.message.rcode), decoded.message.recursionAvailable] : decoded.problem;
    };
    expect(await world.finish(ask())).toEqual(['REFUSED', true]);
    await world.finish(client.lookup('www.example.com'));
    expect(await world.finish(ask())).toEqual(['NOERROR', true]);
  });

  test('the same question of many is asked once', async () => {
    const { world, served, authority } = names();
    const same = Array.from({ length: 20 }, () => served.resolver.resolve({ name: 'www.example.com', type: 'A', class: 'IN' }));
    const all = await world.finish(Promise.all(same));
    expect([all.every(({ answers }) => answers.length === 1), questions(authority)]).toEqual([true, 1]);
  });
});

describe('RFC 5452: what is not the answer', () => {
  test('guessed numbers are ignored, and after eight of them TCP is asked', async () => {
    const { world, other, pc } = names();
    const client = pc.askNames({ servers: ['10.0.0.4'] });
    const liar = openUdp(other.stack, { port: 53 });
    const guess = async (): Promise<void> => {
      const datagram = await liar.receive();
      const decoded = decode(datagram?.bytes ?? new Uint8Array());
      if (datagram === undefined || 'problem' in decoded) return;
      const forged = { type: 'A', address: '6.6.6.6' } as const;
      for (let i = 1; i <= 8; i++) {
        const id = (decoded.message.id + i) & 0xffff;
        const answers = [{ name: 'www.example.com', ttl: 1, data: forged }];
        await liar.send(encode({ ...responseTo(decoded.message, { answers }), id }), datagram.from);
      }
    };
    const asked = client.ask({ name: 'www.example.com', type: 'A', class: 'IN' });
    await world.finish(guess());
    const { answers, note } = await world.finish(asked);
    expect([answers, [...client.ignored.keys()][0]]).toEqual([[], 'wrong id']);
    expect(note).toBe('10.0.0.4: timed out'); // nobody listens there by TCP, and in the second round nobody guesses
  });

  test('§6: records outside of the zone of a server are not believed', async () => {
    const { world, other, served } = names();
    // whoever has example.com's neighbour says something about example.com too
    const liar = openUdp(other.stack, { port: 53 });
    const lie = async (): Promise<void> => {
      for (;;) {
        const datagram = await liar.receive();
        const decoded = decode(datagram?.bytes ?? new Uint8Array());
        if (datagram === undefined || 'problem' in decoded) return;
        const answers = [
          { name: 'www.lame.com', ttl: 300, data: { type: 'A', address: '192.0.2.66' } as const },
          { name: 'www.example.com', ttl: 9_999, data: { type: 'A', address: '6.6.6.6' } as const },
        ];
        await liar.send(encode(responseTo(decoded.message, { answers, isAuthoritative: true })), datagram.from);
      }
    };
    void lie();
    const ask = (name: string) => world.finish(served.resolver.resolve({ name, type: 'A', class: 'IN' }));
    expect((await ask('www.lame.com')).answers.map(({ name }) => name)).toEqual(['www.lame.com']);
    const { answers } = await ask('www.example.com');
    expect(answers.map(({ data }) => data)).toEqual([{ type: 'A', address: '192.0.2.80' }]);
  });
});

describe('the client of a host', () => {
  test('knows its hosts file without asking, both ways, and search domains', async () => {
    const { world, client, served } = names();
    expect(await world.finish(client.lookup('printer'))).toEqual(['192.168.1.10']);
    expect(await world.finish(client.reverse('192.168.1.10'))).toEqual(['printer']);
    expect(questions(served.service)).toBe(0);
    expect(await world.finish(client.lookup('mail'))).toEqual(['192.0.2.25']);
  });

  test.each([
    ['nobody.example.com', 'A', 'nobody.example.com A (no such name, says 10.0.0.53): no such name'],
    ['www.example.com', 'MX', 'www.example.com MX: no data'],
    ['a..b', 'A', '"a..b": a name has no empty label: two dots in a row, or one at its beginning: not a name'],
  ])('says why %s %s has no answer', async (name, type, message) => {
    const { world, client } = names();
    const asked = client.resolve(name, type).catch((error: unknown) => error);
    const error = await world.finish(asked);
    expect([error instanceof DnsError, (error as Error).message]).toEqual([true, message]);
  });

  test('goes on to the next server, gives up after two rounds, and says so', async () => {
    const { world, pc } = names();
    const client = pc.askNames({ servers: ['10.0.0.100', '10.0.0.53'] });
    expect(await world.finish(client.lookup('www.example.com'))).toEqual(['192.0.2.80']);
    const lost = pc.askNames({ servers: ['10.0.0.9'], timeout: SECOND });
    const began = world.now;
    const { note } = await world.finish(lost.ask({ name: 'www.example.com', type: 'A', class: 'IN' }));
    expect(note).toMatch(/^10\.0\.0\.9: /);
    expect(world.now - began).toBeLessThanOrEqual(12 * SECOND);
  });

  test('RFC 7766 §5: an answer that does not fit is asked for again over TCP', async () => {
    const { world, client, authority } = names();
    const { answers } = await world.finish(client.resolve('long.example.com', 'TXT'));
    expect(answers[0]?.data).toMatchObject({ type: 'TXT', texts: expect.arrayContaining([expect.stringMatching(/^x+11$/)]) });
    expect(authority.counts.get('answers cut, to be asked for over TCP')).toBe(1);
    await world.runFor(20 * SECOND);
    expect(authority.connections).toBe(0);
  });

  test('a forwarder in between, with names of its own', async () => {
    const { world, other, pc, served } = names();
    other.serveNames({ forwardTo: ['10.0.0.53'], hosts: '192.168.1.20 nas.home' });
    const client = pc.askNames({ servers: ['10.0.0.4'] });
    expect(await world.finish(client.lookup('nas.home'))).toEqual(['192.168.1.20']);
    expect(await world.finish(client.lookup('www.example.com'))).toEqual(['192.0.2.80']);
    const fresh = pc.askNames({ servers: ['10.0.0.4'] });
    expect(await world.finish(fresh.lookup('www.example.com'))).toEqual(['192.0.2.80']);
    expect(questions(served.service)).toBe(1);
  });
});

describe('bad input', () => {
  test('a server answers what it can read the number of, never a response, and cuts off who floods it', async () => {
    const { world, ns, pc, authority } = names();
    const socket = openUdp(pc.stack);
    const to = { address: ns.address, port: 53 };
    const query = encode(queryFor(9, { name: 'www.example.com', type: 'A', class: 'IN' }));
    const answerTo = async (bytes: Uint8Array): Promise<string> => {
      await socket.send(bytes, to);
      const decoded = decode((await socket.receive())?.bytes ?? new Uint8Array());
      return 'message' in decoded ? rcodeName(decoded.message.rcode) : decoded.problem;
    };
    expect(await world.finish(answerTo(query.subarray(0, 20)))).toBe('FORMERR');
    expect(await world.finish(answerTo(Uint8Array.of(0, 9, 0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0)))).toBe('NOTIMP');
    expect(await world.finish(answerTo(Uint8Array.of(0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))).toBe('FORMERR');
    const late = encode({ ...queryFor(9, { name: 'www.example.com', type: 'A', class: 'IN' }), edns: { size: 512, version: 1 } });
    expect(await world.finish(answerTo(late))).toBe('BADVERS');
    await world.finish(socket.send(query.slice().fill(0x80, 2, 3), to)); // a response
    await world.finish(socket.send(query.subarray(0, 5), to));
    for (let i = 0; i < 1_100; i++) await world.finish(socket.send(query, to));
    await world.runFor(SECOND);
    expect(authority.counts.get('a response, not a question')).toBe(1);
    expect(authority.counts.get('shorter than its header')).toBe(1);
    expect(authority.counts.get('more than its share') ?? 0).toBeGreaterThan(0);
  });

  test('over TCP: several questions on one connection, half of one, and silence', async () => {
    const { world, ns, pc, authority } = names();
    const bytes = encode(queryFor(9, { name: 'www.example.com', type: 'A', class: 'IN' }));
    const framed = Uint8Array.of(0, bytes.length, ...bytes);
    const socket = await world.finish(connectTcp(pc.stack, ns.address, 53));
    await world.finish(socket.write(Uint8Array.of(...framed, ...framed, ...framed.subarray(0, 10))));
    const { length } = (await world.finish(socket.read(100_000, 2 * (2 + bytes.length + 16)))) ?? new Uint8Array();
    expect(length).toBe(2 * (2 + bytes.length + 'www.example.com'.length + 2 + 10 + 4));
    await world.runFor(30 * SECOND);
    expect([authority.connections, socket.failure]).toEqual([0, 'reset by peer']);
  });
});
