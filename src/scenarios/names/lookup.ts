/** A name becomes an address: the hosts file, the resolver, the tree of servers, and the caches on the way. */
import { SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import { questionsOf, tree } from './settings.ts';

const CHAPTER = 'Addresses and names';

export const nameLookup: Scenario = {
  name: 'name-lookup',
  title: 'A name is looked up: from the hosts file to the root, the top level and the authority',
  chapter: CHAPTER,
  rfcs: ['RFC 1034 §5.3.3', 'RFC 1035 §4.1'],
  story:
    'pc looks for printer and finds it in its hosts file: nothing is sent. Then it looks for web.example.com and asks its resolver. ' +
    'The resolver knows nothing but the address of the root. The root knows who knows com, com knows who knows example.com, and that ' +
    'server knows the answer. Twenty seconds later pc asks for the same name, and again nothing is sent: it is in its cache. Its ' +
    'neighbour mail.example.com costs one question: the resolver remembers the way.',
  question:
    'How many questions does the resolver send for the first name, and how many for the second? Which servers know that pc exists?',
  look: [
    { filter: 'dns.flags.response == 0', meaning: 'the questions: recursion desired from pc, not from the resolver' },
    {
      filter: 'dns.count.answers == 0 && dns.count.auth_rr > 0',
      meaning: 'referrals: no answer, but the servers of the zone below',
    },
    { filter: 'dns.flags.authoritative == 1', meaning: 'the authority speaks, once for each name' },
  ],
  watch: ['resolver'],
  way: 'dns.flags.response == 0 && ip.dst == 198.51.100.3',
  async play(stage) {
    const { pc, service, questions } = await tree(stage);
    const client = pc.askNames({ servers: ['198.51.100.53'], hosts: '198.51.100.90 printer' });
    stage.expect('the hosts file knows the printer', await client.lookup('printer'), ['198.51.100.90']);
    stage.expect('nobody was asked', questionsOf(service), 0);
    stage.expect('the authority knows web', await client.lookup('web.example.com'), ['198.51.100.80']);
    stage.showTables('when web is found');
    await stage.pause(20 * SECOND);
    const again = await client.resolve('web.example.com', 'A');
    stage.expect('the second time it is in the cache', [again.from, again.answers[0]?.ttl], ['cache', 40]);
    stage.expect('the authority was asked once', questions(), 1);
    await client.lookup('mail.example.com');
    stage.expect('its neighbour costs one question more', questions(), 2);
  },
};

export const nameMissing: Scenario = {
  name: 'name-missing',
  title: 'A name that does not exist: the answer "no" is remembered too',
  chapter: CHAPTER,
  rfcs: ['RFC 2308 §5', 'RFC 2308 §2.1'],
  story:
    'pc mistypes: wbe.example.com. The authority says that there is no such name and adds its SOA record, whose last number says how ' +
    'long that holds: 30 seconds. pc tries again at once, and a third time after 31 seconds. In between, example.com is asked for an ' +
    'address and has none: the name exists, but not with this type.',
  question:
    'Both negative answers have no records in the answer section. By which field does one tell "no such name" from "no such type"?',
  look: [
    { filter: 'dns.flags.rcode == 3', meaning: 'no such name' },
    {
      filter: 'dns.flags.rcode == 0 && dns.count.answers == 0 && dns.soa.minimum_ttl',
      meaning: 'the name exists, the type does not',
    },
  ],
  watch: ['pc', 'example'],
  async play(stage) {
    const { pc, questions } = await tree(stage);
    const client = pc.askNames({ servers: ['198.51.100.53'] });
    const ask = (name: string) => client.ask({ name, type: 'A', class: 'IN' });
    stage.expect('there is no such name', (await ask('wbe.example.com')).rcode, 3);
    const again = await ask('wbe.example.com');
    stage.expect('that is remembered', [again.from, again.rcode, questions()], ['cache', 3, 1]);
    stage.showTables('when it is known that there is nothing');
    const none = await ask('example.com');
    stage.expect('no data is no error', [none.rcode, none.answers.length, questions()], [0, 0, 2]);
    await stage.pause(31 * SECOND);
    await ask('wbe.example.com');
    stage.expect('after 31 s it is asked for again', questions(), 3);
  },
};

export const nameAlias: Scenario = {
  name: 'name-alias',
  title: 'An alias, a mail exchanger, and a time to live that runs out',
  chapter: CHAPTER,
  rfcs: ['RFC 1034 §3.6.2', 'RFC 1035 §3.3.9', 'RFC 1034 §5.3.3'],
  story:
    'www.example.com is an alias of web.example.com: the answer has both records, and each has a time to live of its own, 300 and 60 ' +
    'seconds. After 61 seconds the alias still holds, the address does not: the resolver asks for web alone. Then pc wants to send ' +
    'mail to example.com and learns two exchangers with their preferences.',
  question: 'After 61 s pc asks its resolver for www.example.com. For which name does the resolver ask the authority, and why?',
  look: [
    { filter: 'dns.cname', meaning: 'the alias, and behind it what was asked for' },
    { filter: 'dns.qry.type == 15', meaning: 'MX: the lower preference comes first' },
    { filter: 'dns.flags.response == 0 && ip.dst == 198.51.100.3', meaning: 'what the authority is asked' },
  ],
  watch: ['pc', 'example'],
  async play(stage) {
    const { pc, questions } = await tree(stage);
    const client = pc.askNames({ servers: ['198.51.100.53'] });
    const first = await client.resolve('www.example.com', 'A');
    stage.expect(
      'two records, two times to live',
      first.answers.map(({ data: { type }, ttl }) => [type, ttl]),
      [
        ['CNAME', 300],
        ['A', 60],
      ],
    );
    stage.showTables('when www is found');
    await stage.pause(61 * SECOND);
    stage.expect(
      'only the address has run out',
      [(await client.lookup('www.example.com'))[0], questions()],
      ['198.51.100.80', 2],
    );
    stage.showTables('after 61 s');
    const { answers } = await client.resolve('example.com', 'MX');
    stage.expect(
      'two exchangers',
      answers.flatMap(({ data }) => (data.type === 'MX' ? [`${data.preference} ${data.exchange}`] : [])),
      ['10 mail.example.com', '20 backup.example.com'],
    );
  },
};

export const nameReverse: Scenario = {
  name: 'name-reverse',
  title: 'From an address to its name: the tree of in-addr.arpa',
  chapter: CHAPTER,
  rfcs: ['RFC 1035 §3.5'],
  story:
    'pc has seen a packet from 198.51.100.80 and wants to know whose it is. It turns the address round, 80.100.51.198.in-addr.arpa, and ' +
    'asks for a PTR record: the same tree, the same servers. Names are read from the right, addresses from the left.',
  question:
    'Why is the address turned round? Think of who is in charge of 198.51.100.0/24, and of who is in charge of example.com.',
  look: [
    { filter: 'dns.qry.type == 12', meaning: 'the questions for the name of an address' },
    { filter: 'dns.ptr.domain_name', meaning: 'the answer' },
  ],
  watch: ['resolver'],
  async play(stage) {
    const { pc } = await tree(stage);
    const client = pc.askNames({ servers: ['198.51.100.53'] });
    stage.expect('it is web', await client.reverse('198.51.100.80'), ['web.example.com']);
  },
};

export const nameOverTcp: Scenario = {
  name: 'name-over-tcp',
  title: 'An answer too long for a datagram: truncated, and asked for again over TCP',
  chapter: CHAPTER,
  rfcs: ['RFC 7766 §5', 'RFC 6891 §6.2.5', 'RFC 1035 §4.2.2'],
  story:
    'pc asks for the texts of long.example.com, 1,331 bytes of them. Its question says that it takes datagrams of 1,232 bytes (EDNS), ' +
    'and so does the resolver’s. The authority sends an empty answer with the bit TC set, the resolver opens a connection and asks ' +
    'again, and so does pc after it. Over TCP each message has its length in front.',
  question:
    'How many packets does the answer cost over TCP, and how many would it have cost in one large datagram? Why do servers not send that?',
  look: [
    { filter: 'dns.flags.truncated == 1', meaning: 'cut' },
    { filter: 'tcp.port == 53', meaning: 'the same question over TCP' },
    { filter: 'dns.rr.udp_payload_size == 1232', meaning: 'how long a datagram may be' },
  ],
  watch: ['pc', 'example'],
  async play(stage) {
    const { pc, authority } = await tree(stage);
    const client = pc.askNames({ servers: ['198.51.100.53'] });
    const { answers } = await client.resolve('long.example.com', 'TXT');
    const texts = answers.flatMap(({ data }) => (data.type === 'TXT' ? data.texts : []));
    stage.expect('all eleven texts are there', [texts.length, texts.join('').length], [11, 1_320]);
    stage.expect('the authority cut one answer', authority.counts.get('answers cut, to be asked for over TCP'), 1);
    await stage.pause(5 * SECOND);
  },
};
