/** The web server of a stack, by node:http: its own status, bytes to measure with, and a place to upload to. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stack } from '../stack/index.ts';
import { patternBlock } from './byte-pattern.ts';
import { describeStack } from './describe-stack.ts';
import type { StackHttpServer } from './net-server.ts';
import { createHttpServer } from './net-server.ts';
import type { StatusPageData } from './status-page.ts';
import { statusPage } from './status-page.ts';

export interface HttpServiceOptions {
  /** @default 80 */
  readonly port?: number;
  readonly host?: string;
  /** The heading of the status page. @default 'tapstack' */
  readonly title?: string;
}

const DEFAULT_PORT = 80;
/** A terabyte: more than anybody waits for, and exact in a double. */
const MAX_BYTES = 1e12;
/** Milliseconds without a byte in either direction before a client is given up. */
const IDLE_LIMIT = 120_000;

const HELP = `GET  /          the status of this stack, for people
GET  /stats     the same as JSON
GET  /hello     two lines of text
GET  /bytes/N   N bytes (0 to ${MAX_BYTES}), byte i being i modulo 251
PUT  /upload    takes a body and answers its size and SHA-256; POST and /upload/any-name too
`;

/** What a first visitor gets: short enough for one segment. */
const HELLO = `Hello from tapstack.
This page came through a TCP/IP stack written in TypeScript.
`;

/**
 * Serves `/`, `/hello`, `/stats`, `/bytes/N` and `/upload`. A port that is taken arrives as an 'error' event of `.net`.
 */
export function startHttpService(stack: Stack, options: HttpServiceOptions = {}): StackHttpServer {
  const { port = DEFAULT_PORT, host, title = 'tapstack' } = options;
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    request.on('error', () => {}); // a client that leaves ends its own request and nothing else
    response.on('error', () => {});
    answer(stack, title, request, response);
  };
  // node:http cuts every request off after five minutes; an upload may take as long as it moves
  const server = createHttpServer(stack, handler, { requestTimeout: 0 });
  server.http.setTimeout(IDLE_LIMIT);
  return server.listen({ port, host });
}

function answer(stack: Stack, title: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '/'] = (request.url ?? '/').split('?');
  if (path === '/upload' || path.startsWith('/upload/')) {
    if (isAllowed(request, response, ['POST', 'PUT'])) receiveUpload(request, response);
    return;
  }
  const get = responderFor(path);
  if (get === undefined) send(response, 404, 'text/plain', `There is nothing at this path. What there is:\n\n${HELP}`);
  else if (isAllowed(request, response, ['GET', 'HEAD'])) get({ stack, title, path }, response);
}

interface Asked {
  readonly stack: Stack;
  readonly title: string;
  readonly path: string;
}

function responderFor(path: string): ((asked: Asked, response: ServerResponse) => void) | undefined {
  if (path === '/') return (asked, response) => send(response, 200, 'text/html', statusPage(statusOf(asked)));
  if (path === '/hello') return (_asked, response) => send(response, 200, 'text/plain', HELLO);
  if (path === '/stats') return (asked, response) => sendJson(response, statusOf(asked));
  return path.startsWith('/bytes/') ? sendBytes : undefined;
}

const statusOf = ({ stack, title }: Asked): StatusPageData => ({
  title,
  ...describeStack(stack),
  memory: { ...process.memoryUsage() },
});

function isAllowed({ method = '' }: IncomingMessage, response: ServerResponse, allowed: readonly string[]): boolean {
  if (allowed.includes(method)) return true;
  response.setHeader('allow', allowed.join(', '));
  send(response, 405, 'text/plain', `${method} does not work here: use ${allowed.join(' or ')}.\n`);
  return false;
}

/** Node leaves the body of an answer to HEAD out by itself. */
function send(response: ServerResponse, status: number, type: string, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}

const sendJson = (response: ServerResponse, value: unknown): void =>
  send(response, 200, 'application/json', `${JSON.stringify(value, null, 2)}\n`);

function sendBytes({ path }: Asked, response: ServerResponse): void {
  const digits = path.slice('/bytes/'.length);
  const count = /^\d{1,13}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(count <= MAX_BYTES)) {
    const said = JSON.stringify(digits.slice(0, 40));
    send(response, 400, 'text/plain', `${said} is not a number of bytes: it is 0 to ${MAX_BYTES}, such as /bytes/1000000\n`);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': count });
  if (response.req.method === 'HEAD') response.end();
  else streamPattern(response, count);
}

/** Block by block, the next when there is room again. */
function streamPattern(response: ServerResponse, count: number): void {
  let left = count;
  const more = (): void => {
    for (let hasRoom = true; hasRoom && left > 0 && !response.destroyed; ) {
      const block = patternBlock(left);
      left -= block.length;
      hasRoom = response.write(block);
    }
    if (left > 0) return;
    response.off('drain', more);
    response.end();
  };
  response.on('drain', more);
  more();
}

/** `Expect: 100-continue`, which curl sends with large bodies, is answered by node:http. */
function receiveUpload(request: IncomingMessage, response: ServerResponse): void {
  const hash = createHash('sha256');
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    size += chunk.length;
  });
  request.on('end', () => sendJson(response, { size, sha256: hash.digest('hex') }));
}
