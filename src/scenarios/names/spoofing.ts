/** Lies: answers that nobody asked for, numbers that are guessed, and records that are none of the server's business. */
import type { NetHost } from '../../lab/network/net-host.ts';
import { encode, responseTo, startDns } from '../../services/dns/index.ts';
import { socketTable } from '../../services/tools/sockets.ts';
import { fromV4, openUdp, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { tree } from './settings.ts';

const LIE = { type: 'A', address: '198.51.100.66' } as const;

export const nameGuessed: Scenario = {
  name: 'name-guessed',
  title: 'Somebody guesses the answer: wrong numbers, and a question over TCP',
  chapter: 'Addresses and names',
  rfcs: ['RFC 5452 §9.1', 'RFC 5452 §9.2', 'RFC 7766 §5'],
  story:
    'While the resolver waits for the authority of example.com, evil sends answers in its name: from its address, to the right port, ' +
    'which it has found out somehow, with eight numbers that it has guessed. None is the number of the question, so all are ' +
    'ignored; but eight wrong answers are no accident. The resolver drops the question and asks again over TCP, where evil would have ' +
    'to guess a sequence number of 32 bits and cannot see one. The true answer over UDP comes too late and finds nobody.',
  question:
    'A resolver asks from a random port, and with a random number. How many combinations would evil have to try without knowing either?',
  look: [
    {
      filter: 'eth.src == 02:00:c6:33:64:42 && dns',
      meaning: 'what evil sends in the name of another: look at the Ethernet address',
    },
    { filter: 'dns.id && udp.srcport == 53 && ip.src == 198.51.100.3', meaning: 'whose number is right?' },
    { filter: 'tcp.port == 53', meaning: 'the way out' },
  ],
  watch: ['resolver'],
  async play(stage) {
    const { pc, resolver, evil, example } = await tree(stage);
    const client = pc.askNames({ servers: ['198.51.100.53'] });
    const asked = client.resolve('web.example.com', 'A');
    await stage.pause(50_000); // the root and com have answered: the question to the authority is under way
    const [open] = socketTable(resolver.stack).filter(({ remote }) => remote === `${example.address}:53`);
    stage.expectThat('the resolver waits for the authority', open !== undefined, socketTable(resolver.stack));
    await forge(evil, example, resolver, Number(open?.local.split(':')[1]));
    const { answers } = await asked;
    stage.expect(
      'the true address is found',
      answers.flatMap(({ data }) => (data.type === 'A' ? [data.address] : [])),
      ['198.51.100.80'],
    );
    const overTcp = stage.segments().filter(({ comment }) => comment.includes('CLOSED to SYN-SENT')).length;
    stage.expect('over one connection', overTcp, 1);
    await stage.pause(5 * SECOND);
  },
};

/** Eight answers in the name of another. */
async function forge(evil: NetHost, as: NetHost, to: NetHost, port: number): Promise<void> {
  const socket = openUdp(evil.stack, { port: 53 });
  const question = { name: 'web.example.com', type: 'A', class: 'IN' };
  for (let guess = 1; guess <= 8; guess++) {
    const query = { id: guess * 1_111, isResponse: false, opcode: 0, isAuthoritative: false, isTruncated: false } as const;
    const whole = { ...query, recursionDesired: false, recursionAvailable: false, rcode: 0, questions: [question] } as const;
    const message = responseTo(
      { ...whole, answers: [], authorities: [], additionals: [] },
      { answers: [{ name: question.name, ttl: 86_400, data: LIE }], isAuthoritative: true },
    );
    const about = { note: `evil guesses the number ${message.id}` };
    await socket.send(encode(message), { address: to.address, port }, fromV4(as.address.w3), about);
  }
  socket.close();
}

export const nameBailiwick: Scenario = {
  name: 'name-bailiwick',
  title: 'An answer with something on the side: records out of bailiwick are not believed',
  chapter: 'Addresses and names',
  rfcs: ['RFC 5452 §6', 'RFC 2181 §5.4.1'],
  story:
    'pc is lured to www.evil.com. The server of evil.com answers truly, and adds that web.example.com has the address 198.51.100.66, ' +
    'for a day. It is a proper answer to a proper question; but evil.com has nothing to say about example.com. The resolver takes what lies ' +
    'in evil.com and drops the rest. When pc asks for web.example.com, the resolver goes the long way and finds the true address.',
  question: 'Resolvers believed such records until 1997. What would every user of this resolver have seen for a day?',
  look: [
    { filter: 'ip.src == 198.51.100.66 && dns', meaning: 'the answer and its gift' },
    { filter: 'dns.qry.name == "web.example.com"', meaning: 'the question that is asked all the same' },
  ],
  watch: ['resolver'],
  async play(stage) {
    const heard: string[] = [];
    const { pc, evil, resolver } = await tree(stage, { onEvent: (line) => heard.push(line) });
    startDns(
      evil.stack,
      (query) => {
        const name = query.questions[0]?.name ?? '';
        const own = { name, ttl: 300, data: LIE };
        const gift = { name: 'web.example.com', ttl: 86_400, data: LIE };
        const message = responseTo(query, { answers: [own], additionals: [gift], isAuthoritative: true });
        return { message, note: 'evil.com, and what is not its business' };
      },
      { time: evil.clock },
    );
    const client = pc.askNames({ servers: ['198.51.100.53'] });
    stage.expect('evil.com may say what it likes of itself', await client.lookup('www.evil.com'), ['198.51.100.66']);
    const ignored = heard.filter((line) => line.includes('ignored'));
    stage.expect('the gift is dropped', ignored, ['198.51.100.66: web.example.com A ignored, it is not in evil.com']);
    stage.showTables('when www.evil.com is found');
    stage.expect(
      'the cache of the resolver knows nothing of web',
      stage.rows(resolver, 'dns').filter(([name]) => name === 'web.example.com').length,
      0,
    );
    stage.expect('the true address', await client.lookup('web.example.com'), ['198.51.100.80']);
  },
};
