/** HTTP as one reads it in a capture: conditional requests, long documents, pages with pictures. */
import type { HttpClient } from '../../services/http/client.ts';
import { openHttp } from '../../services/http/client.ts';
import type { SiteDocument } from '../../services/http/site-answer.ts';
import { startSites } from '../../services/http/sites.ts';
import type { Micros } from '../../stack/index.ts';
import { decodeUtf8, encodeUtf8, MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Pair, Stage } from '../stage.ts';

const PORT = 80;
const BEFORE = 'Tue, 24 Nov 2026 08:00:00 GMT';
const AFTER = 'Tue, 24 Nov 2026 09:30:00 GMT';
const ONE_WAY = 20 * MILLISECOND;

/** A client and a server with documents, which may change. */
async function web(stage: Stage, documents: Readonly<Record<string, SiteDocument | string>>): Promise<Pair> {
  const pair = await stage.pair({ cable: { delay: ONE_WAY }, tcp: { timestamps: false } });
  startSites(pair.server.stack, { port: PORT, time: stage.timers, sites: [{ documents }] });
  return pair;
}

const browser = ({ client, server }: Pair): Promise<HttpClient> =>
  openHttp(client.stack, { address: server.address, port: PORT, host: 'server.example' }, { time: client.clock });

export const conditionalGet: Scenario = {
  name: 'http-conditional-get',
  title: 'A conditional GET: 304 when the copy in the cache is still good',
  chapter: 'Applications',
  rfcs: ['RFC 9110 §13.1.3', 'RFC 9110 §15.4.5', 'RFC 9111 §4.3'],
  story:
    'The client fetches a page and keeps it, with the date in Last-Modified. When it wants the page again it says so: If-Modified-Since. ' +
    'Nothing has changed, and the server answers 304 with a head and no body. Then somebody edits the page; the next conditional ' +
    'request brings 200 and the new text.',
  question:
    'How many bytes did the 304 save, and what did it not save? What must client and server agree about for dates to be enough?',
  look: [
    { filter: 'http.request', meaning: 'three requests, the last two with a condition' },
    { filter: 'http.response.code == 304', meaning: 'not modified: no body follows' },
    { filter: 'http.last_modified', meaning: 'what the client remembers' },
  ],
  async play(stage) {
    const documents: Record<string, SiteDocument> = { '/page.html': { body: '<p>first edition</p>', lastModified: BEFORE } };
    const pair = await web(stage, documents);
    const http = await browser(pair);
    const first = await http.request({ path: '/page.html' });
    await stage.pause(SECOND);
    const again = await http.request({ path: '/page.html', fields: [['If-Modified-Since', BEFORE]] });
    documents['/page.html'] = { body: '<p>second edition</p>', lastModified: AFTER };
    await stage.pause(SECOND);
    const changed = await http.request({ path: '/page.html', fields: [['If-Modified-Since', BEFORE]] });
    await http.close();
    await stage.pause(SECOND);
    stage.expect(
      'the second answer says that nothing has changed, the third that something has',
      [first, again, changed].map(({ status, body }) => [status, decodeUtf8(body)]),
      [
        [200, '<p>first edition</p>'],
        [304, ''],
        [200, '<p>second edition</p>'],
      ],
    );
  },
};

const LINE = 'Every line of this long document is sixty bytes, its end too.\n'.slice(0, 59).concat('\n');

export const longDocument: Scenario = {
  name: 'http-long-document',
  title: 'A long document: one answer of HTTP, several segments of TCP',
  chapter: 'Applications',
  rfcs: ['RFC 9112 §6.2', 'RFC 9293 §3.7.1'],
  story:
    'The client asks once, for a text of 4,500 bytes. The answer of HTTP is one: a head and a body whose length stands in Content-Length. ' +
    'TCP knows nothing of that and sends it in segments of at most 1,460 bytes; only the first of them has a head of HTTP in it.',
  question:
    'How many segments carry the answer, and in which of them is the status code? How does the client know that it has got everything?',
  look: [
    { filter: 'http.request.method == "GET"', meaning: 'one request' },
    { filter: 'tcp.srcport == 80 && tcp.len > 0', meaning: 'the answer: four segments' },
    { filter: 'http.content_length == 4500', meaning: 'Wireshark shows HTTP where the last of them has come' },
  ],
  async play(stage) {
    const pair = await web(stage, { '/long.txt': LINE.repeat(75) });
    const http = await browser(pair);
    const { status, body } = await http.request({ path: '/long.txt' });
    await http.close();
    await stage.pause(SECOND);
    stage.expect('the document is here', [status, body.length], [200, 4500]);
    const carriers = stage.segments(pair.server).filter(({ length }) => length > 0);
    stage.expect('it took four segments', carriers.length, 4);
    stage.expect('three of them are full', carriers.filter(({ length }) => length === 1460).length, 3);
  },
};

const PICTURES = ['/one.svg', '/two.svg', '/three.svg'];
const PAGE = `<h1>A page</h1>${PICTURES.map((path) => `<img src="${path}">`).join('')}`;
const picture = (path: string): string => `<svg xmlns="http://www.w3.org/2000/svg"><title>${path}</title></svg>`;

/** The page, and what it says is to be fetched too. @param connection for each of them */
async function load(pair: Pair, connection: () => Promise<HttpClient>, isKept: boolean): Promise<Micros> {
  const began = pair.client.clock.now();
  const fetchOne = async (http: HttpClient, path: string): Promise<string> => {
    const fields: readonly (readonly [string, string])[] = isKept ? [] : [['Connection', 'close']];
    const { body } = await http.request({ path, fields });
    if (!isKept) pair.client.goesOn(() => http.close());
    return decodeUtf8(body);
  };
  const page = await fetchOne(await connection(), '/');
  for (const [, path = ''] of page.matchAll(/src="([^"]+)"/g)) await fetchOne(await connection(), path);
  return pair.client.clock.now() - began;
}

export const embeddedObjects: Scenario = {
  name: 'http-embedded-objects',
  title: 'A page with three pictures: a connection for each, and one for all',
  chapter: 'Applications',
  rfcs: ['RFC 9112 §9.3', 'RFC 9112 §9.4'],
  story:
    'A page names three pictures, so a browser has four documents to fetch. First it does as browsers did in 1995: a connection for each, ' +
    'one after the other, and every one of them begins with a handshake. Then it fetches the same over one connection that stays open. ' +
    'With a round trip of 40 ms the first takes eight round trips and the second five.',
  question:
    'Count the round trips of both ways from the capture. What would six connections at the same time change, and what would they cost the server?',
  look: [
    { filter: 'tcp.flags.syn == 1 && tcp.flags.ack == 0', meaning: 'four handshakes, then one' },
    { filter: 'http.request', meaning: 'eight requests for four documents' },
    { filter: 'tcp.flags.fin == 1', meaning: 'how each connection ends' },
  ],
  async play(stage) {
    const pair = await web(stage, { '/': PAGE, ...Object.fromEntries(PICTURES.map((path) => [path, picture(path)])) });
    const each = await load(pair, () => browser(pair), false);
    await stage.pause(SECOND);
    const opening = browser(pair);
    const began = stage.world.now;
    const http = await opening;
    await load(pair, async () => http, true);
    const all = stage.world.now - began;
    await http.close();
    await stage.pause(SECOND);
    stage.expect('a connection for each takes eight round trips', Math.floor(each / (2 * ONE_WAY)), 8);
    stage.expect('one for all takes five', Math.floor(all / (2 * ONE_WAY)), 5);
    stage.expect('four handshakes and one', stage.segments(pair.client).filter(({ flags }) => flags === 'SYN').length, 5);
  },
};

/** 150 kB of text that nobody has written. */
const ALICE = encodeUtf8(LINE.repeat(2500));

export const httpUpload: Scenario = {
  name: 'tcp-upload-150k',
  title: 'An upload of 150,000 bytes by POST: the trace that the TCP exercise asks for',
  chapter: 'Applications',
  rfcs: ['RFC 9293 §3.4', 'RFC 6298 §2', 'RFC 5681 §3.1', 'RFC 9110 §9.3.3'],
  story:
    'A browser sends a text of 150,000 bytes to a web server: one POST, 104 segments. The path has a round trip of 60 ms and room for a ' +
    'few megabits a second. The first flight is ten segments, the next is twice as long, and so on: slow start, as one sees it in the ' +
    'graph of sequence numbers over time.',
  question:
    'Find the number of the SYN, the sequence numbers, times and round-trip times of the first six segments with data, the smallest window that the server offers, and whether anything was sent again. What is the throughput of the connection?',
  look: [
    { filter: 'tcp.flags.syn == 1', meaning: 'both initial sequence numbers' },
    { filter: 'tcp.dstport == 80 && tcp.len > 0', meaning: 'the text, flight after flight' },
    { filter: 'tcp.analysis.ack_rtt', meaning: 'how long each acknowledgment took' },
  ],
  withoutLadder: true,
  plot: 'time-sequence',
  async play(stage) {
    const pair = await stage.pair({ cable: { delay: 30 * MILLISECOND, rate: 8e6 }, tcp: { congestionControl: 'reno' } });
    startSites(pair.server.stack, { port: PORT, time: stage.timers, sites: [{ documents: {} }] });
    const http = await browser(pair);
    const { body } = await http.request({ method: 'POST', path: '/alice.txt', body: ALICE });
    await http.close();
    await stage.pause(SECOND);
    stage.expect('the server has got all of it', decodeUtf8(body), '150000 bytes came to /alice.txt\n');
    stage.expect('nothing is sent again', stage.segments().filter(({ again }) => again).length, 0);
  },
};
