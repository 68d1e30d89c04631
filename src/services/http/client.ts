/**
 * The client's side of HTTP/1.1 (RFC 9112) over a TCP socket: requests one after the other on one connection, answers read
 * strictly and within limits. Bodies end by Content-Length, by chunks, or with the connection.
 */
import type { IpAddress, Stack } from '../../stack/index.ts';
import { connectTcp, encodeUtf8 } from '../../stack/index.ts';
import { joined } from '../joined.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { TalkOptions } from '../talk/talk.ts';
import { Talk } from '../talk/talk.ts';
import { findEndOfHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { fieldOf, parseChunkSize, parseResponseHead } from './response-head.ts';

export interface HttpRequest {
  /** @default GET */
  readonly method?: string;
  /** Of the target: "/index.html". */
  readonly path: string;
  /** Further fields, such as `['If-Modified-Since', '...']`. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
}

export interface HttpResponse extends ResponseHead {
  readonly body: Uint8Array;
}

export interface HttpClientOptions extends TalkOptions {
  /** Bytes of a body at most. @default 16 MiB */
  readonly maxBody?: number;
}

const MAX_BODY = 16 * 1024 * 1024;
const MAX_HEAD = 16 * 1024;
/** Of answers such as 100 Continue in front of the real one. */
const MAX_INTERIM = 8;
const MAX_CHUNK_LINE = 256;
/** RFC 9110 §5.6.2 and §5.5, RFC 9112 §3.2: nothing that would end a line or a word. */
const METHOD = /^[A-Z]{1,20}$/;
const TARGET = /^\/[\x21-\x7e]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const VALUE = /^[^\x00-\x08\x0a-\x1f\x7f]*$/;

export class HttpClient {
  readonly #talk: Talk;
  readonly #host: string;
  readonly #maxBody: number;
  #isLast = false;

  /** @param host of the field Host: a name, with the port unless it is 80 */
  constructor(talk: Talk, host: string, maxBody: number = MAX_BODY) {
    this.#talk = talk;
    this.#host = host;
    this.#maxBody = maxBody;
  }

  /** Both sides mean to keep the connection for another request. */
  get isOpen(): boolean {
    return !this.#isLast;
  }

  /**
   * @throws PeerFault when the answer is none, or too much; RangeError when the request cannot be written so;
   *   SocketError when the connection fails
   */
  async request({ method = 'GET', path, fields = [], body }: HttpRequest): Promise<HttpResponse> {
    if (!METHOD.test(method) || !TARGET.test(path)) throw new RangeError(`"${method} ${path}" is no request`);
    const wrong = fields.find(([name, value]) => !NAME.test(name) || !VALUE.test(value));
    if (wrong !== undefined) throw new RangeError(`"${wrong[0]}: ${wrong[1]}" is no header field`);
    const all = [['Host', this.#host], ...fields, ...(body === undefined ? [] : [['Content-Length', `${body.length}`]])];
    const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
    await this.#talk.say(joined([encodeUtf8(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body ?? new Uint8Array()]));
    const head = await this.#head();
    const response = { ...head, body: await this.#body(head, method) };
    const connection = fieldOf(head, 'connection')?.toLowerCase() ?? '';
    this.#isLast ||= connection.includes('close') || (head.minor === 0 && !connection.includes('keep-alive'));
    return response;
  }

  async close(): Promise<void> {
    await this.#talk.farewell();
  }

  async #head(): Promise<ResponseHead> {
    for (let interim = 0; interim <= MAX_INTERIM; interim++) {
      const bytes = await this.#talk.until(findEndOfHead, MAX_HEAD);
      if (bytes === undefined) throw new PeerFault('ended in the middle', 'no answer came');
      const head = parseResponseHead(bytes);
      if (head.status >= 200) return head;
    }
    throw new PeerFault('not what the protocol says', 'one interim answer after the other');
  }

  /** RFC 9112 §6.3, in its order. */
  async #body(head: ResponseHead, method: string): Promise<Uint8Array> {
    if (method === 'HEAD' || head.status === 204 || head.status === 304) return new Uint8Array();
    const coding = fieldOf(head, 'transfer-encoding');
    const length = fieldOf(head, 'content-length');
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked' || length !== undefined)
        throw new PeerFault('not what the protocol says', 'how long the body is cannot be told');
      return this.#chunks();
    }
    if (length === undefined) {
      this.#isLast = true;
      return this.#talk.rest(this.#maxBody);
    }
    return this.#portion(Number(length));
  }

  async #chunks(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (let total = 0; ; ) {
      const size = parseChunkSize(await this.#line());
      if (size === 0) break;
      total += size;
      if (total > this.#maxBody) throw new PeerFault('larger than allowed', `${this.#maxBody} bytes are allowed`);
      chunks.push(await this.#portion(size));
      if ((await this.#line()) !== '') throw new PeerFault('not what the protocol says', 'a chunk does not end where it says');
    }
    for (let trailers = MAX_CHUNK_LINE; (await this.#line()) !== ''; trailers--)
      if (trailers === 0) throw new PeerFault('larger than allowed', 'trailers without end');
    return joined(chunks);
  }

  async #line(): Promise<string> {
    const line = await this.#talk.line(MAX_CHUNK_LINE);
    if (line === undefined) throw new PeerFault('ended in the middle');
    return line;
  }

  async #portion(length: number): Promise<Uint8Array> {
    if (length > this.#maxBody) throw new PeerFault('larger than allowed', `${length} bytes, and ${this.#maxBody} are allowed`);
    const bytes = await this.#talk.portion(length);
    if (bytes === undefined) throw new PeerFault('ended in the middle', `0 of ${length} bytes came`);
    return bytes;
  }
}

/** Connects. @param host for the field Host. @throws SocketError, TcpError when that fails */
export async function openHttp(
  stack: Stack,
  { address, port, host = `${address}` }: { readonly address: IpAddress; readonly port: number; readonly host?: string },
  options: HttpClientOptions,
): Promise<HttpClient> {
  const socket = await connectTcp(stack, address, port);
  return new HttpClient(new Talk(socket, options), port === 80 ? host : `${host}:${port}`, options.maxBody);
}
