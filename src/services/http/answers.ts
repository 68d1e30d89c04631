/** The answers of the responder, made once: every byte of them is known before anybody asks. */
import { ascii } from '../ascii.ts';
import type { RequestHead } from './request-head.ts';

export interface Answer {
  readonly bytes: Uint8Array;
  /** The connection ends with it. */
  readonly isLast: boolean;
}

/** What is said when a request cannot be answered; each ends the connection. */
export type Refusal = 400 | 408 | 411 | 431 | 505;

const REASONS: Readonly<Record<Refusal, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  411: 'Length Required',
  431: 'Request Header Fields Too Large',
  505: 'HTTP Version Not Supported',
};

/** By how the connection goes on; the second of each is for HEAD. */
interface Fixed {
  readonly open: readonly [Answer, Answer];
  readonly keptAlive: readonly [Answer, Answer];
  readonly last: readonly [Answer, Answer];
}

export class Answers {
  /** RFC 9110 §10.1.1: the body may come. */
  readonly goOn: Uint8Array = ascii('HTTP/1.1 100 Continue\r\n\r\n');
  readonly #fixed: Fixed;

  /** @param body ASCII text */
  constructor(body: string) {
    const both = (field: string, isLast: boolean): [Answer, Answer] => [
      { bytes: ascii(headOf('200 OK', body, field) + body), isLast },
      { bytes: ascii(headOf('200 OK', body, field)), isLast },
    ];
    this.#fixed = {
      open: both('', false),
      // a client of HTTP/1.0 that asked for it waits for this word (RFC 9112 §9.3)
      keptAlive: both('Connection: keep-alive\r\n', false),
      last: both('Connection: close\r\n', true),
    };
  }

  /** What a request gets that can be answered. */
  choose({ staysOpen, minor, isHead }: RequestHead): Answer {
    const { open, keptAlive, last } = this.#fixed;
    if (!staysOpen) return last[isHead ? 1 : 0];
    return (minor > 0 ? open : keptAlive)[isHead ? 1 : 0];
  }

  refusal(status: Refusal): Answer {
    const body = `${REASONS[status]}\n`;
    return { bytes: ascii(headOf(`${status} ${REASONS[status]}`, body, 'Connection: close\r\n') + body), isLast: true };
  }
}

/** Without `Date`: the stack knows no time of day, and RFC 9110 §6.6.1 forbids a guess. */
const headOf = (status: string, body: string, field: string): string =>
  `HTTP/1.1 ${status}\r\n${field}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
