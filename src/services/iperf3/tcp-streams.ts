/** Bulk over TCP: one buffer for all that is written or read, and as many bytes at a time as the connection takes. */
import type { Micros, TcpInfo, TcpSocket } from '../../stack/index.ts';
import type { Pacer } from './pacer.ts';
import type { Stream, StreamHooks } from './stream.ts';
import { emptyTally } from './tally.ts';

export class TcpSender implements Stream {
  readonly isSender = true;
  readonly id: number;
  readonly ends: TcpSocket;
  readonly tally = emptyTally();
  readonly #socket: TcpSocket;
  readonly #block: Uint8Array;
  readonly #pacer: Pacer;
  readonly #hooks: StreamHooks;
  /** How much of the block has been written. */
  #at = 0;
  #isRunning = false;

  constructor(id: number, socket: TcpSocket, block: Uint8Array, pacer: Pacer, hooks: StreamHooks) {
    this.id = id;
    this.ends = socket;
    this.#socket = socket;
    this.#block = block;
    this.#pacer = pacer;
    this.#hooks = hooks;
    socket.onChange = this.#pump;
  }

  get underWay(): number {
    return this.#socket.info().sendQueue;
  }

  info(now: Micros): TcpInfo {
    return this.#socket.tcpInfo(now);
  }

  start(): void {
    this.#isRunning = true;
    this.#pacer.start();
    this.#pump();
  }

  stop(): void {
    this.#isRunning = false;
    this.#pacer.stop();
  }

  close(): void {
    this.stop();
    void this.#socket.close();
  }

  abort(): void {
    this.stop();
    this.#socket.abort();
  }

  /** Fills the send buffer; whole blocks, whose rest waits for room. */
  readonly #pump = (): void => {
    while (this.#isRunning && this.#next()) {
      const taken = this.#socket.writeNow(this.#block, this.#at);
      this.#at += taken;
      this.tally.bytes += taken;
      if (this.#at < this.#block.length) break;
      this.#at = 0;
    }
    this.#hooks.changed();
  };

  /** A block that was begun is finished. */
  #next(): boolean {
    return this.#at > 0 || (this.#hooks.mayMove() && this.#pacer.admits(this.tally.bytes, this.#pump));
  }
}

export class TcpReceiver implements Stream {
  readonly isSender = false;
  readonly id: number;
  readonly ends: TcpSocket;
  readonly tally = emptyTally();
  readonly underWay = 0;
  readonly #socket: TcpSocket;
  readonly #buffer: Uint8Array;
  readonly #hooks: StreamHooks;
  #isRunning = false;

  /** @param buffer of any size, shared by all streams: what is in it is of no importance */
  constructor(id: number, socket: TcpSocket, buffer: Uint8Array, hooks: StreamHooks) {
    this.id = id;
    this.ends = socket;
    this.#socket = socket;
    this.#buffer = buffer;
    this.#hooks = hooks;
    socket.onChange = this.#drain;
  }

  start(): void {
    this.#isRunning = true;
    this.#drain();
  }

  stop(): void {
    this.#drain();
    this.#isRunning = false;
  }

  close(): void {
    this.#isRunning = false;
    void this.#socket.close();
  }

  abort(): void {
    this.#isRunning = false;
    this.#socket.abort();
  }

  readonly #drain = (): void => {
    if (!this.#isRunning) return;
    for (let count = this.#socket.readNow(this.#buffer); count > 0; count = this.#socket.readNow(this.#buffer)) {
      this.tally.bytes += count;
    }
    this.#hooks.changed();
  };
}
