/** Two web sites on one machine: told apart by port, and by name. */
import { openHttp } from '../../services/http/client.ts';
import { startSites } from '../../services/http/sites.ts';
import { decodeUtf8, MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';
import type { StageHost } from '../stage-host.ts';

/** Fetches one page and closes. @param host for the field Host */
async function fetched(client: StageHost, server: StageHost, port: number, host: string): Promise<string> {
  const http = await openHttp(client.stack, { address: server.address, port, host }, { time: client.clock });
  const { body } = await http.request({ path: '/', fields: [['Connection', 'close']] });
  await http.close();
  return decodeUtf8(body);
}

export const twoSites: Scenario = {
  name: 'two-sites-by-port',
  title: 'Two web sites on one address: the port decides, then the name',
  chapter: 'Applications',
  rfcs: ['RFC 9293 §3.3.1', 'RFC 9110 §7.2'],
  story:
    'The server has one address. On port 8081 listens one program, on 8082 another: the client gets another page from each, though all ' +
    'four packets of a handshake look alike but for the ports. Behind port 8083 stand two sites at once; there the connection says ' +
    'nothing about which is meant, and the line "Host:" of the request does.',
  question:
    'Which four numbers tell a server to which of its connections a segment belongs? Why must the name of a site be said again inside of the connection, after DNS has done its work?',
  look: [
    { filter: 'tcp.port == 8081', meaning: 'the first site: its own handshake, its own bytes' },
    { filter: 'tcp.port == 8082', meaning: 'the second site, at the same address' },
    { filter: 'tcp.port == 8083 && frame contains "Host: two.example"', meaning: 'the name that a request says' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 5 * MILLISECOND } });
    const place = { time: stage.timers };
    startSites(server.stack, { ...place, port: 8081, sites: [{ documents: { '/': 'the first site' } }] });
    startSites(server.stack, { ...place, port: 8082, sites: [{ documents: { '/': 'the second site' } }] });
    const named = ['one.example', 'two.example'].map((host) => ({ host, documents: { '/': `this is ${host}` } }));
    startSites(server.stack, { ...place, port: 8083, sites: named });
    const pages = [
      await fetched(client, server, 8081, 'server'),
      await fetched(client, server, 8082, 'server'),
      await fetched(client, server, 8083, 'one.example'),
      await fetched(client, server, 8083, 'two.example'),
    ];
    await stage.pause(SECOND);
    stage.expect('each port and each name has its page', pages, [
      'the first site',
      'the second site',
      'this is one.example',
      'this is two.example',
    ]);
    const opened = stage.segments(client).filter(({ flags }) => flags === 'SYN');
    stage.expect('a connection for each', opened.length, 4);
  },
};
