/** The application of one recorded connection, played on a live one. */
import type { ConnectionOwner } from '../stack/tcp/application-side.ts';
import type { Connection } from '../stack/tcp/connection.ts';
import { add, diff, seq } from '../stack/wire/seq.ts';
import type { TcpAction, TcpBehavior } from './derive-tcp.ts';

const READ_SIZE = 64 * 1024;

export class DerivedConnection implements ConnectionOwner {
  readonly behavior: TcpBehavior;
  readonly #changed: () => void;
  #connection: Connection | undefined = undefined;
  /** Written and not yet taken: the send buffer was full, or the handshake is not over. */
  #unsent: Uint8Array[] = [];
  #closes: 'not' | 'writing' | 'entirely' = 'not';
  readonly #scratch = new Uint8Array(READ_SIZE);

  /** @param changed called when the connection has news: `push` and `read` look at them */
  constructor(behavior: TcpBehavior, changed: () => void) {
    this.behavior = behavior;
    this.#changed = changed;
  }

  /** The connection is there: what was to be done already is done now. */
  attach(connection: Connection): void {
    this.#connection = connection;
    connection.app.owner = this;
    if (this.behavior.noDelay) connection.setOptions({ noDelay: true });
    this.notify();
  }

  do(action: Exclude<TcpAction, { kind: 'open' }>): void {
    switch (action.kind) {
      case 'write':
        this.#unsent.push(action.bytes);
        break;
      case 'close':
        this.#closes = action.entirely ? 'entirely' : 'writing';
        break;
      case 'abort':
        this.#connection?.abort();
        return;
    }
    this.push();
  }

  notify(): void {
    this.#changed();
  }

  /** There is text that was not read yet. */
  get isReadable(): boolean {
    return (this.#connection?.readable ?? 0) > 0;
  }

  /**
   * Reads as much as the recorded application had read when the host next spoke.
   * @param edge how far the window reached then, as a number of the peer's; undefined: the host says nothing more
   * @returns whether anything was read
   */
  readFor(edge: number | undefined): boolean {
    const connection = this.#connection;
    if (connection === undefined || connection.readable === 0) return false;
    const { receiver, rcv, agreement } = connection;
    const unread = diff(seq(edge ?? 0), add(rcv.nxt, receiver.free));
    const wanted = connection.readable - unread;
    if (edge === undefined || wanted < 2 ** agreement.receiveShift || this.readsUnseen)
      return this.#read(connection, connection.readable);
    return unread > 0 && this.#read(connection, unread);
  }

  /** Reading everything would not move the window so far that the peer hears of it (RFC 9293 §3.8.6.2.2). */
  get readsUnseen(): boolean {
    if (this.#connection === undefined) return true;
    const { receiver, rcv } = this.#connection;
    return diff(add(rcv.nxt, receiver.limit), rcv.edge) < Math.min(receiver.segmentSize, receiver.limit >> 1);
  }

  #read(connection: Connection, count: number): boolean {
    for (let left = Math.min(count, connection.readable); left > 0; ) {
      const got = connection.receive(this.#scratch, 0, Math.min(left, READ_SIZE));
      if (got === 0) return left < count;
      left = Math.min(left - got, connection.readable);
    }
    return count > 0;
  }

  /** Hands over what was written, as far as there is room. */
  push(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      const taken = connection.send(next);
      if (taken < next.length) {
        this.#unsent[0] = next.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
    if (this.#closes === 'entirely') connection.close();
    else if (this.#closes === 'writing') connection.closeWrite();
    this.#closes = 'not';
  }
}
