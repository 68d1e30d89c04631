/** `tapstack get`: fetches a page over the stack, by node:http. */
import { lookup } from 'node:dns/promises';
import { accessSync, constants, createWriteStream, existsSync, statSync } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ipv4, parseV4 } from '../../stack/wire/ip-address.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import { connectNet } from '../net-connect.ts';
import type { NetworkOptions } from './network-options.ts';
import { openSession, printer, type Session } from './session.ts';
import { UsageError } from './usage-error.ts';

export interface GetOptions extends NetworkOptions {
  /** Where the page goes; absent: standard output. */
  readonly output?: string;
  /** Print status and headers too. */
  readonly include?: boolean;
  /** Whom the stack asks for names. @default nobody: this machine looks them up */
  readonly dnsServer?: string;
}

/** @returns 0 when the answer's status is below 400 */
export async function get(url: string, options: GetOptions): Promise<number> {
  const target = parseUrl(url);
  const { output } = options;
  if (output !== undefined) checkOutput(output);
  const known = await knownAddress(target.hostname, options);
  const port = target.port === '' ? 80 : Number(target.port);
  const session = await openSession(options, { print: printer(options, true) });
  try {
    const address = known ?? (await ask(session, target.hostname, options.dnsServer));
    const response = await request(target, () => connectNet(session.host.stack, { host: address, port }));
    if (options.include) process.stderr.write(`${head(response)}\n`);
    if (output === undefined) for await (const chunk of response) await written(chunk);
    else await pipeline(response, createWriteStream(output));
    return (response.statusCode ?? 500) < 400 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`cannot get ${url}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await session.close();
  }
}

/**
 * Before anything is opened: afterwards there would be a capture of nothing.
 * @throws UsageError when the file cannot be written
 */
function checkOutput(path: string): void {
  try {
    if (existsSync(path)) accessSync(path, constants.W_OK);
    else accessSync(dirname(path), constants.W_OK);
    if (existsSync(path) && statSync(path).isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot write ${path} (${code}): name a file that you may write, such as -o /tmp/page`);
  }
}

/** Waits for a slow reader. */
const written = (chunk: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(chunk, () => resolve());
  });

function parseUrl(text: string): URL {
  const url = tryUrl(text.includes('://') ? text : `http://${text}`);
  if (url === undefined || url.protocol !== 'http:' || url.port === '0') {
    throw new UsageError(`"${text}" is not a URL that starts with http://`);
  }
  return url;
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** What is known before anything is opened. @returns undefined when the stack is to ask */
async function knownAddress(host: string, { dnsServer }: GetOptions): Promise<string | undefined> {
  if (parseV4(host) !== undefined) return host;
  return dnsServer === undefined ? resolve(host) : undefined;
}

/** Over the stack. @throws DnsError when there is no such name */
async function ask({ host: { stack, clock } }: Session, name: string, server = ''): Promise<string> {
  const [{ DnsClient }, { SecureRandom }] = await Promise.all([
    import('../../services/dns/index.ts'),
    import('../secure-random.ts'),
  ]);
  const time = hostTimekeeper(clock);
  const client = new DnsClient({ stack, time, random: new SecureRandom(), servers: [ipv4(server)] });
  return (await client.lookup(name))[0]!;
}

/** By this machine's own resolver. */
async function resolve(name: string): Promise<string> {
  try {
    return (await lookup(name, 4)).address;
  } catch {
    throw new UsageError(`no address is known for "${name}": write one, such as http://10.0.0.1/`);
  }
}

const request = (target: URL, createConnection: () => ReturnType<typeof connectNet>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = httpGet({
      host: target.hostname,
      path: `${target.pathname}${target.search}`,
      headers: { host: target.host },
      createConnection,
    });
    sent.on('response', resolve);
    sent.on('error', reject);
  });

const head = ({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string => {
  const pairs = rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\n`));
  return `HTTP/${httpVersion} ${statusCode} ${statusMessage}\n${pairs.join('')}`;
};
