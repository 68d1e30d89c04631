/** One connection to the responder: requests are cut out of the stream wherever it was split, and answered in their order. */
import type { Connection, ConnectionOwner } from '../../stack/index.ts';
import type { Answer, Answers } from './answers.ts';
import { findEndOfHead, RequestHead, readHead, skipEmptyLines } from './request-head.ts';

/** A head that is longer is refused, as by most servers. */
const LONGEST_HEAD = 8 * 1024;
/** Read at once, behind the beginning of a head that came before. */
const READ = 16 * 1024;
/** Answers collected until they are sent; more than the longest of them. */
const WRITE = 16 * 1024;

/** What all conversations of one responder share: one of them runs at a time, and leaves nothing in it. */
export class Workspace {
  readonly input = new Uint8Array(LONGEST_HEAD + READ);
  readonly output = new Uint8Array(WRITE);
  /** How much of the output is written. */
  written = 0;
  readonly head = new RequestHead();
  readonly answers: Answers;
  /** Told of a conversation that is over. */
  readonly ended: (conversation: Conversation) => void;

  constructor(answers: Answers, ended: (conversation: Conversation) => void) {
    this.answers = answers;
    this.ended = ended;
  }
}

export class Conversation implements ConnectionOwner {
  /** Something came since whoever sweeps has last set this to false. */
  hasSpoken = true;
  /** Among all conversations. */
  place = -1;
  readonly #connection: Connection;
  readonly #shared: Workspace;
  /** The beginning of a head whose end has not come. */
  #begun: Uint8Array | undefined = undefined;
  /** Bytes of a body that are still to come; what is in them is of no importance. */
  #body = 0;
  /** What is answered when they have come. */
  #afterBody: Answer | undefined = undefined;
  /** Answers for which there was no room in the send buffer: until they are gone no request is read. */
  #unsent: Uint8Array | undefined = undefined;
  /** The last answer is given: what still comes is read and forgotten, so that no RST overtakes it (RFC 9112 §9.6). */
  #isLast = false;

  /** @param connection whose events are ours from now on */
  constructor(connection: Connection, shared: Workspace) {
    this.#connection = connection;
    this.#shared = shared;
    connection.app.owner = this;
  }

  /** Inside of the stack's run: what is written here leaves with it. */
  notify(): void {
    const connection = this.#connection;
    if (connection.state === 'CLOSED' || connection.state === 'TIME-WAIT') {
      this.#shared.ended(this);
      return;
    }
    let hasMore = true;
    while (hasMore) hasMore = this.#sendRest() && this.#read();
    if (this.#unsent !== undefined) return;
    if (this.#isLast) connection.closeWrite();
    if (connection.isAtEnd) connection.close();
  }

  /** Nothing came for long. Who has begun a request is told, and who does not take what it is told is thrown out the next time. */
  expire(): void {
    if (this.#isLast || this.#unsent !== undefined) {
      this.abort();
      return;
    }
    if (this.#begun !== undefined || this.#body > 0) this.#write(this.#shared.answers.refusal(408).bytes);
    this.#isLast = true;
    this.#flush();
    this.notify();
  }

  abort(): void {
    this.#connection.abort();
  }

  /** @returns false while there is no room for what should have left before */
  #sendRest(): boolean {
    const rest = this.#unsent;
    if (rest === undefined) return true;
    const taken = this.#connection.send(rest);
    this.#unsent = taken < rest.length ? rest.subarray(taken) : undefined;
    return this.#unsent === undefined;
  }

  /** Takes what has come. @returns false when that was nothing */
  #read(): boolean {
    const { input } = this.#shared;
    const begun = this.#begun;
    const from = begun?.length ?? 0;
    const count = this.#connection.receive(input, from, READ);
    if (count === 0) return false;
    if (this.#isLast) return true;
    this.hasSpoken = true;
    if (begun !== undefined) input.set(begun);
    this.#begun = undefined;
    this.#take(input, from + count);
    this.#flush();
    return true;
  }

  #take(input: Uint8Array, to: number): void {
    for (let at = 0; at < to && !this.#isLast; ) {
      if (this.#body > 0) {
        at += this.#passBody(to - at);
        continue;
      }
      at = skipEmptyLines(input, at, to);
      const end = findEndOfHead(input, at, to);
      const length = (end < 0 ? to : end) - at;
      if (length > LONGEST_HEAD) this.#give(this.#shared.answers.refusal(431));
      else if (end >= 0) this.#answer(input, at, end);
      else if (length > 0) this.#begun = input.slice(at, to);
      at += length;
    }
  }

  #answer(input: Uint8Array, from: number, to: number): void {
    const { head, answers } = this.#shared;
    readHead(input, from, to, head);
    const answer = head.status === 200 ? answers.choose(head) : answers.refusal(head.status);
    if (head.status !== 200 || head.contentLength === 0) {
      this.#give(answer);
      return;
    }
    if (head.awaitsContinue && head.minor > 0) this.#write(answers.goOn);
    this.#body = head.contentLength;
    this.#afterBody = answer;
  }

  /** @returns how many of the bytes belong to the body */
  #passBody(available: number): number {
    const count = Math.min(available, this.#body);
    this.#body -= count;
    if (this.#body === 0 && this.#afterBody !== undefined) this.#give(this.#afterBody);
    return count;
  }

  #give({ bytes, isLast }: Answer): void {
    this.#write(bytes);
    this.#isLast = isLast;
  }

  #write(bytes: Uint8Array): void {
    const shared = this.#shared;
    if (shared.written + bytes.length > WRITE) this.#flush();
    shared.output.set(bytes, shared.written);
    shared.written += bytes.length;
  }

  /** Into the send buffer; what it does not take is kept, a few times what was read at once and no more. */
  #flush(): void {
    const { output, written } = this.#shared;
    if (written === 0) return;
    this.#shared.written = 0;
    const taken = this.#unsent === undefined ? this.#connection.send(output, 0, written) : 0;
    if (taken < written) this.#unsent = joined(this.#unsent, output.subarray(taken, written));
  }
}

function joined(first: Uint8Array | undefined, second: Uint8Array): Uint8Array {
  if (first === undefined) return second.slice();
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
