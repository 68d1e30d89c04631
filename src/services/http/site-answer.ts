/** What a web server answers: the document that the request names, or why not; without `Date`, for the stack knows no time of day. */
import { encodeUtf8 } from '../../stack/index.ts';
import { joined } from '../joined.ts';

/** What a path leads to; a text alone is a page of HTML, or plain where the path ends with .txt. */
export interface SiteDocument {
  readonly body: string | Uint8Array;
  /** @default by the end of the path */
  readonly type?: string;
  /** As RFC 9110 §5.6.7 writes it: "Tue, 24 Nov 2026 08:00:00 GMT". */
  readonly lastModified?: string;
  /** With its quotation marks. */
  readonly etag?: string;
}

/** A web site; several may share a port, told apart by the field Host. */
export interface Site {
  /** Who it is, without the port; absent: whoever is asked for. */
  readonly host?: string;
  /** By path: "/", "/picture.svg". */
  readonly documents: Readonly<Record<string, SiteDocument | string>>;
}

/** Of a request, as far as it decides about the answer. */
export interface SiteRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Without the port, in lower case. */
  readonly host: string;
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** Bytes of the body that came with it. */
  readonly bodyLength: number;
}

export interface SiteAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  304: 'Not Modified',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  411: 'Length Required',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  505: 'HTTP Version Not Supported',
};

const TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml',
  css: 'text/css; charset=utf-8',
  png: 'image/png',
};

/** @param isLast the connection ends with it */
export function answerOf(sites: readonly Site[], request: SiteRequest, isLast: boolean): SiteAnswer {
  const { method, path, host, bodyLength } = request;
  if (method === 'POST') return plain(200, `${bodyLength} bytes came to ${path}`, isLast);
  if (method !== 'GET' && method !== 'HEAD')
    return plain(405, 'this server knows GET, HEAD and POST', isLast, 'Allow: GET, HEAD, POST\r\n');
  // as servers do: who asks for a name that nobody has gets the first
  const site = sites.find((each) => each.host?.toLowerCase() === host) ?? sites[0];
  const found = site !== undefined && Object.hasOwn(site.documents, path) ? site.documents[path] : undefined;
  if (found === undefined) return plain(404, `there is no ${path} here`, isLast);
  const document = typeof found === 'string' ? { body: found } : found;
  const fields = fieldsOf(document);
  if (isUnchanged(document, request.fields)) return { status: 304, bytes: headOf(304, fields, isLast) };
  const body = typeof document.body === 'string' ? encodeUtf8(document.body) : document.body;
  const type = document.type ?? TYPES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? 'text/html; charset=utf-8';
  const head = headOf(200, `${fields}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`, isLast);
  return { status: 200, bytes: method === 'HEAD' ? head : joined([head, body]) };
}

/** A line of text for people. @param fields further ones, each with the end of its line */
export function plain(status: number, text: string, isLast: boolean, fields = ''): SiteAnswer {
  const body = encodeUtf8(`${text}\n`);
  const about = `${fields}Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n`;
  return { status, bytes: joined([headOf(status, about, isLast), body]) };
}

const headOf = (status: number, fields: string, isLast: boolean): Uint8Array =>
  encodeUtf8(`HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${fields}${isLast ? 'Connection: close\r\n' : ''}\r\n`);

const fieldsOf = ({ lastModified, etag }: SiteDocument): string =>
  `${lastModified === undefined ? '' : `Last-Modified: ${lastModified}\r\n`}${etag === undefined ? '' : `ETag: ${etag}\r\n`}`;

/** RFC 9110 §13.2.2: whoever names the tag does not mean the date. */
function isUnchanged({ lastModified, etag }: SiteDocument, fields: ReadonlyMap<string, string>): boolean {
  const tags = fields.get('if-none-match');
  if (tags !== undefined) {
    const known = tags.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return known.includes('*') || (etag !== undefined && known.includes(etag));
  }
  const since = orderOf(fields.get('if-modified-since'));
  return since !== '' && lastModified !== undefined && orderOf(lastModified) <= since;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** RFC 9110 §5.6.7, the form that is to be sent: digits that stand in the order of time; '' for what is none. */
function orderOf(date = ''): string {
  const match = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(date);
  if (match === null) return '';
  const [, day, month = '', year, ...time] = match;
  return `${year}${`${MONTHS.indexOf(month)}`.padStart(2, '0')}${day}${time.join('')}`;
}
