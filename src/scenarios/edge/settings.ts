/** What stands outside in the stories of this folder, and what its hosts do: a provider, a web server, a page that is fetched. */
import type { NatOptions, NetHost, Target } from '../../lab/index.ts';
import type { ConnectOptions } from '../../stack/index.ts';
import { decodeUtf8, encodeUtf8, MILLISECOND } from '../../stack/index.ts';
import type { Stage } from '../stage.ts';

/** Of every cable outside. */
export const FAR = { delay: 5 * MILLISECOND };

export interface Outside {
  /** 203.0.113.1 for the home, 203.0.113.5 for the company, 198.51.100.1 for the server. */
  readonly isp: NetHost;
  /** 198.51.100.7, which has a page at port 80 */
  readonly www: NetHost;
}

/** A provider with its customers, and a web server. They are drawn behind those that are there already. */
export function outside({ network: net }: Stage, customers: { readonly home?: NetHost; readonly company?: NetHost }): Outside {
  const isp = net.router('isp', { ports: { home: '203.0.113.1/30', company: '203.0.113.5/30', net: '198.51.100.1/24' } });
  const www = net.host('www', { address: '198.51.100.7/24', gateway: '198.51.100.1' });
  if (customers.home !== undefined) net.cable(customers.home.port('wan'), isp.port('home'), FAR);
  if (customers.company !== undefined) net.cable(customers.company.port('wan'), isp.port('company'), FAR);
  net.cable(isp.port('net'), www, FAR);
  serve(www, 80, 'a page of www');
  return { isp, www };
}

/** The router of a home: 192.168.1.1 inside, 203.0.113.2 outside. */
export function homeRouter({ network: net }: Stage, nat: Partial<NatOptions> = {}): NetHost {
  return net.router('home', {
    ports: { lan: '192.168.1.1/24', wan: '203.0.113.2/30' },
    gateway: '203.0.113.1',
    nat: { outside: 'wan', ...nat },
  });
}

/** Answers whoever says something with one line, and closes. */
export function serve(host: NetHost, port: number, page: string): void {
  host.listen(port, async (socket) => {
    for await (const _ of socket) break;
    await socket.write(encodeUtf8(`HTTP/1.0 200 OK\r\n\r\n${page}\n`));
    await socket.close();
  });
}

/**
 * Fetches what `serve` serves.
 * @throws SocketError when the other side refuses or does not answer
 */
export async function fetchPage(host: NetHost, from: Target, port = 80, options: ConnectOptions = {}): Promise<string> {
  const socket = await host.connect(from, port, options);
  await socket.write(encodeUtf8('GET / HTTP/1.0\r\n\r\n'));
  let text = '';
  for await (const bytes of socket) text += decodeUtf8(bytes);
  await socket.close();
  return text.split('\r\n\r\n')[1]?.trim() ?? '';
}

/** How many frames it was said beside, at either end of their cables. */
export const timesSaid = ({ recording }: Stage, words: string): number =>
  recording.frames.filter(({ comment }) => comment.includes(words)).length;
