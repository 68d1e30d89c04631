/** `tapstack get`: fetches a page over the stack, by node:http. */
import { lookup } from 'node:dns/promises';
import { accessSync, constants, createWriteStream, existsSync, statSync } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseV4 } from '../../stack/wire/ip-address.ts';
import { connectNet } from '../net-connect.ts';
import type { NetworkOptions } from './network-options.ts';
import { openSession, printer } from './session.ts';
import { UsageError } from './usage-error.ts';

export interface GetOptions extends NetworkOptions {
  /** Where the page goes; absent: standard output. */
  readonly output?: string;
  /** Print status and headers too. */
  readonly include?: boolean;
}

/** @returns 0 when the answer's status is below 400 */
export async function get(url: string, options: GetOptions): Promise<number> {
  const target = parseUrl(url);
  const { output } = options;
  if (output !== undefined) checkOutput(output);
  const address = parseV4(target.hostname) === undefined ? await resolve(target.hostname) : target.hostname;
  const port = target.port === '' ? 80 : Number(target.port);
  const session = await openSession(options, { print: printer(options, true) });
  try {
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

/** By this machine's own resolver: the stack has none yet. */
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
