/**
 * A small web server (HTTP/1.1, RFC 9112): sites made of documents, several on one port by the field Host or each on a port of its
 * own, connections that stay open, conditional requests. What a POST brings is counted and forgotten.
 */
import type { Stack } from '../../stack/index.ts';
import type { AppOptions, AppService } from '../apps/app-service.ts';
import { startApp } from '../apps/app-service.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { Talk } from '../talk/talk.ts';
import { findEndOfHead, RequestHead, readHead, skipEmptyLines } from './request-head.ts';
import type { Site, SiteRequest } from './site-answer.ts';
import { answerOf, plain } from './site-answer.ts';

export interface SitesOptions extends AppOptions {
  /** The first one answers for names that nobody has. */
  readonly sites: readonly Site[];
  /** Bytes of the body of a request at most. @default 16 MiB */
  readonly maxBody?: number;
  /** Told of every request that was answered. */
  readonly onRequest?: (request: SiteRequest, status: number) => void;
}

const MAX_HEAD = 8 * 1024;
const MAX_BODY = 16 * 1024 * 1024;
/** Of a body that nobody wants, at once. */
const PIECE = 64 * 1024;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** @throws TcpError when the port is taken */
export function startSites(stack: Stack, options: SitesOptions): AppService {
  const converse = async (talk: Talk): Promise<void> => {
    for (let isOpen = true; isOpen; ) isOpen = await serveOne(talk, options);
  };
  return startApp(stack, { converse, refusal }, options);
}

/** Who says nothing between two requests is left without a word. */
function refusal({ reason, message }: PeerFault): Uint8Array {
  if (reason === 'said nothing for too long') return new Uint8Array();
  return plain(reason === 'line too long' ? 431 : 400, message, true).bytes;
}

/** @returns whether another request may follow */
async function serveOne(talk: Talk, { sites, maxBody = MAX_BODY, onRequest }: SitesOptions): Promise<boolean> {
  const bytes = await talk.until(findEndOfHead, MAX_HEAD);
  if (bytes === undefined) return false;
  const at = skipEmptyLines(bytes, 0, bytes.length);
  if (at === bytes.length) return true;
  const head = new RequestHead();
  readHead(bytes, at, bytes.length, head);
  if (head.status !== 200) {
    await talk.say(plain(head.status, 'the request cannot be understood', true).bytes);
    return false;
  }
  if (head.contentLength > maxBody) {
    await talk.say(plain(413, `${maxBody} bytes are allowed`, true).bytes);
    return false;
  }
  if (head.awaitsContinue && head.minor > 0) await talk.say(CONTINUE);
  await passBody(talk, head.contentLength);
  const request = requestIn(bytes.subarray(at), head.contentLength);
  const answer = answerOf(sites, request, !head.staysOpen);
  await talk.say(answer.bytes);
  onRequest?.(request, answer.status);
  return head.staysOpen;
}

async function passBody(talk: Talk, length: number): Promise<void> {
  for (let left = length; left > 0; ) {
    const piece = await talk.portion(Math.min(left, PIECE));
    if (piece === undefined) throw new PeerFault('ended in the middle', `${left} bytes of the body are missing`);
    left -= piece.length;
  }
}

/** @param head that was found valid */
function requestIn(head: Uint8Array, bodyLength: number): SiteRequest {
  let text = '';
  for (const byte of head) text += String.fromCharCode(byte);
  const [first = '', ...lines] = text.split(/\r?\n/);
  const [method = '', target = ''] = first.split(' ');
  const fields = new Map(
    lines.filter((line) => line !== '').map((line) => [nameIn(line).toLowerCase(), line.slice(nameIn(line).length + 1).trim()]),
  );
  // RFC 9112 §3.2.2: the whole address as the target means what it says
  const absolute = /^http:\/\/([^/?#]*)(.*)$/i.exec(target);
  const host = (absolute?.[1] ?? fields.get('host') ?? '').replace(/:\d*$/, '').toLowerCase();
  const path = (absolute?.[2] ?? target).replace(/[?#].*$/s, '');
  return { method, path: path === '' ? '/' : path, host, fields, bodyLength };
}

const nameIn = (line: string): string => line.slice(0, line.indexOf(':'));
