/** The application's side of a conversation: it writes and reads the pattern, closes, and looks at what it is told. */
import type { TcpFailure } from '../../../src/stack/tcp/application-side.ts';
import * as events from '../../../src/stack/tcp/application-side.ts';
import type { SendOptions } from '../../../src/stack/tcp/connection.ts';
import type { TcpOptions } from '../../../src/stack/tcp/options.ts';
import type { Conversation } from '../../conversation.ts';

const EVENTS = {
  READABLE: events.READABLE,
  WRITABLE: events.WRITABLE,
  CONNECTED: events.CONNECTED,
  PEER_CLOSED: events.PEER_CLOSED,
  FAILED: events.FAILED,
  CLOSED: events.CLOSED,
  URGENT: events.URGENT,
  PROBLEM: events.PROBLEM,
} as const;
export type EventName = keyof typeof EVENTS;

/** The byte at a place of either stream; place 1 is the first byte behind the SYN. */
export const pattern = (place: number): number => (place * 7 + (place >>> 8) * 13) & 0xff;

export class AppSide {
  /** Where the next byte written will stand. */
  written = 1;
  #read = 1;
  readonly #talk: Conversation;

  constructor(talk: Conversation) {
    this.#talk = talk;
  }

  /** SEND; all of it has to be taken, unless the test says how much. */
  writes(length: number, taken: number = length, options: SendOptions = {}): void {
    const talk = this.#talk;
    talk.tell(`app:  writes ${length} ${Object.keys(options).join(' ')}`);
    const bytes = Uint8Array.from({ length }, (_, i) => pattern(this.written + i));
    const count = talk.connection.send(bytes, 0, length, options);
    if (count !== taken) talk.fail(`expected ${taken} bytes to be taken, not ${count}`);
    this.written += count;
    talk.drain();
  }

  /** RECEIVE: so many bytes are there, and they are the right ones. @param limit reads at most so many */
  reads(length: number, limit: number = length + 1): void {
    const talk = this.#talk;
    talk.tell(`app:  reads up to ${limit}`);
    const into = new Uint8Array(limit);
    const count = talk.connection.receive(into);
    if (count !== length) talk.fail(`expected to read ${length} bytes, got ${count}`);
    for (let i = 0; i < count; i++)
      if (into[i] !== pattern(this.#read + i)) talk.fail(`the byte read at ${this.#read + i} is wrong`);
    this.#read += count;
    talk.drain();
  }

  /** SEND with the urgent flag. */
  writesUrgent(length: number): void {
    this.writes(length, length, { urgent: true });
  }

  /** recv(MSG_OOB): the right octet, whose place the test knows. */
  takesUrgent(place: number): void {
    const octet = this.#talk.connection.receiveUrgent();
    if (octet !== pattern(place)) this.#talk.fail(`expected the urgent octet at ${place}, ${pattern(place)}, got ${octet}`);
  }

  /** So many octets of the stream are never read. */
  skips(count: number): void {
    this.#read += count;
  }

  sets(changes: Partial<TcpOptions>): void {
    this.#does(`sets ${JSON.stringify(changes)}`, () => this.#talk.connection.setOptions(changes));
  }

  /** shutdown(SHUT_RD). */
  closesRead(): void {
    this.#does('will not read any more', () => this.#talk.connection.closeRead());
  }

  closes(): void {
    this.#does('closes', () => this.#talk.connection.close());
  }

  closesWrite(): void {
    this.#does('closes its direction', () => this.#talk.connection.closeWrite());
  }

  aborts(): void {
    this.#does('aborts', () => this.#talk.connection.abort());
  }

  /** These events, among others, have happened since the last look. */
  sees(...names: readonly EventName[]): void {
    const raised = this.#talk.connection.app.takeEvents();
    const seen = Object.entries(EVENTS).filter(([, bit]) => (raised & bit) !== 0);
    for (const name of names)
      if ((raised & EVENTS[name]) === 0)
        this.#talk.fail(`expected the event ${name}, got: ${seen.map(([n]) => n).join(' ') || 'none'}`);
  }

  seesNothing(): void {
    const raised = this.#talk.connection.app.takeEvents();
    if (raised !== 0) this.#talk.fail(`expected no event, got bits ${raised}`);
  }

  /** MUST-12: why the connection ended; undefined: it did not, or in order. */
  failure(): TcpFailure | undefined {
    return this.#talk.connection.app.failure;
  }

  #does(what: string, action: () => void): void {
    this.#talk.tell(`app:  ${what}`);
    action();
    this.#talk.drain();
  }
}
