/** One test as the server sees it, from the parameters of the client to the end of the control connection. */
import type { Micros, Stack, TcpSocket } from '../../stack/index.ts';
import { SECOND, UdpError } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { ControlConnection } from './control.ts';
import { MAX_PARAMETERS, MAX_RESULTS } from './control.ts';
import { StreamMaker } from './make-streams.ts';
import type { TestObserver } from './observer.ts';
import type { Iperf3Parameters } from './parameters.ts';
import { decodeParameters, streamCount } from './parameters.ts';
import { encodeResults } from './results.ts';
import * as states from './states.ts';
import { Table } from './table.ts';
import type { CpuClock } from './transfer.ts';
import { Transfer } from './transfer.ts';
import { UdpGreeter } from './udp-greeter.ts';

/** Silence of a client between two steps of the protocol, after which the server is free for others. */
const PATIENCE: Micros = 15 * SECOND;
/** A client that has not said that the test is over so long after it should be has lost its way. */
const GRACE: Micros = 10 * SECOND;

export interface ServerTestOptions {
  readonly stack: Stack;
  readonly time: Timekeeper;
  readonly cpu?: CpuClock | undefined;
  readonly interval?: Micros | undefined;
  /** Asked for one for each test. */
  readonly observer?: (() => TestObserver) | undefined;
}

type State = number | undefined;

export class ServerTest {
  readonly cookie: string;
  readonly #control: ControlConnection;
  readonly #options: ServerTestOptions;
  /** Sockets that have said the cookie, by the order in which they were accepted. */
  #arrived: { readonly order: number; readonly socket: TcpSocket }[] = [];
  /** How many are still wanted. */
  #wanted = 0;
  #onArrival: (() => void) | undefined = undefined;
  #transfer: Transfer | undefined = undefined;
  #observers: readonly TestObserver[] = [];
  #greeter: UdpGreeter | undefined = undefined;
  #watchdog: (() => void) | undefined = undefined;

  constructor(cookie: string, control: ControlConnection, options: ServerTestOptions) {
    this.cookie = cookie;
    this.#control = control;
    this.#options = options;
  }

  /** A connection that said the cookie is one of the test's streams. @returns false when none is wanted */
  offer(socket: TcpSocket, order: number): boolean {
    if (this.#wanted === 0) return false;
    this.#wanted--;
    this.#arrived.push({ socket, order });
    this.#onArrival?.();
    return true;
  }

  /**
   * Never throws for anything that a client does; when it resolves, nothing of the test is left.
   * @returns undefined for a test that came to its end; else what went wrong
   */
  async run(): Promise<string | undefined> {
    try {
      return await this.#converse();
    } finally {
      this.#watchdog?.();
      this.#greeter?.close();
      this.#wanted = 0;
      this.#transfer?.abort();
      for (const { socket } of this.#arrived) socket.abort();
      void this.#control.socket.close();
    }
  }

  /** The server goes away. */
  terminate(): void {
    this.#control.sendState(states.SERVER_TERMINATE);
    this.#transfer?.abort();
    void this.#control.socket.close();
  }

  async #converse(): Promise<string | undefined> {
    const control = this.#control;
    this.#expect(PATIENCE);
    control.sendState(states.PARAM_EXCHANGE);
    const json = await control.readJson(MAX_PARAMETERS);
    const parameters = json === undefined ? 114 : decodeParameters(json);
    if (typeof parameters === 'number') return this.#refuse(parameters);
    const table = new Table({ isServer: true });
    this.#begin(parameters, table);
    const there = this.#createStreams(parameters);
    if (there === undefined) return this.#refuse(102);
    const next = control.readState(); // the client says nothing until the end of the test, unless it gives up
    const state = await Promise.race([there, next]);
    if (state !== states.TEST_START) return wordsFor(state);
    const end = await this.#play(parameters, next);
    if (end !== states.TEST_END) return wordsFor(end);
    return this.#exchange(parameters.wantsServerOutput ? table.text : undefined);
  }

  async #refuse(code: states.ErrorCode): Promise<string> {
    this.#control.sendError(code);
    this.#control.socket.closeWrite();
    while ((await this.#control.readState()) !== undefined); // unread, its words would turn our answer into a RST
    return states.ERROR_TEXTS[code] ?? 'refused';
  }

  #begin(parameters: Iperf3Parameters, table: Table): void {
    const { time, cpu, interval, observer } = this.#options;
    this.#observers = observer === undefined ? [table] : [table, observer()];
    this.#transfer = new Transfer({ parameters, time, cpu, interval, observers: this.#observers });
  }

  /** @returns resolves with TEST_START when all streams are there; undefined: there is no port for them */
  #createStreams(parameters: Iperf3Parameters): Promise<State> | undefined {
    const streams = this.#transfer!.streams;
    const maker = new StreamMaker(parameters, false, this.#options.time, { mayMove: () => true, changed: () => {} });
    const wanted = streamCount(parameters);
    const there = new Promise<State>((resolve) => {
      if (parameters.protocol === 'tcp') {
        this.#wanted = wanted;
        this.#onArrival = () => {
          if (this.#wanted > 0) return;
          const sockets = this.#arrived.sort((a, b) => a.order - b.order);
          this.#arrived = [];
          for (const { socket } of sockets) streams.push(maker.tcp(streams.length, socket));
          resolve(states.TEST_START);
        };
      } else if (this.#openGreeter()) {
        void this.#greeter?.serve(({ socket, ends }) => {
          streams.push(maker.udp(streams.length, socket, ends));
          if (streams.length < wanted) return;
          this.#greeter?.close();
          resolve(states.TEST_START);
        });
      }
    });
    if (parameters.protocol === 'udp' && this.#greeter === undefined) return undefined;
    this.#expect(2 * PATIENCE); // a datagram that opens a stream may have to be sent again
    this.#control.sendState(states.CREATE_STREAMS);
    return there;
  }

  #openGreeter(): boolean {
    const { local, remote } = this.#control;
    try {
      this.#greeter = new UdpGreeter(this.#options.stack, local.port, remote.address);
      return true;
    } catch (error) {
      if (error instanceof UdpError) return false;
      throw error;
    }
  }

  /** Until the client says that the test is over. @param next what it says */
  async #play(parameters: Iperf3Parameters, next: Promise<State>): Promise<State> {
    const { duration, omit } = parameters;
    const { local, remote, socket } = this.#control;
    const transfer = this.#transfer!;
    const { mss } = socket.info();
    this.#expect(duration === 0 ? undefined : duration + omit + GRACE);
    // a client that vanishes without a word
    socket.setOptions({ keepAlive: true, keepAliveIdle: PATIENCE, keepAliveInterval: 5 * SECOND, keepAliveProbes: 3 });
    const begin = { parameters, streams: transfer.streams, control: { local, remote }, cookie: this.cookie, mss };
    for (const observer of this.#observers) observer.onBegin?.(begin);
    this.#control.sendState(states.TEST_START, states.TEST_RUNNING);
    transfer.start();
    const state = await next;
    transfer.stop();
    const summary = transfer.summary();
    for (const observer of this.#observers) observer.onEnd?.(summary);
    return state;
  }

  async #exchange(output: string | undefined): Promise<string | undefined> {
    const control = this.#control;
    this.#expect(PATIENCE);
    this.#transfer?.close();
    control.sendState(states.EXCHANGE_RESULTS);
    if ((await control.readJson(MAX_RESULTS)) === undefined) return states.ERROR_TEXTS[117];
    await control.sendJson(encodeResults(this.#transfer!, output));
    control.sendState(states.DISPLAY_RESULTS);
    const state = await control.readState();
    return state === states.IPERF_DONE ? undefined : wordsFor(state);
  }

  /** From now on the client has so long for its next step; undefined: as long as it lives. */
  #expect(patience: Micros | undefined): void {
    this.#watchdog?.();
    this.#watchdog = patience === undefined ? undefined : this.#options.time.after(patience, () => this.#control.socket.abort());
  }
}

/** What it means when a client says this in place of what was expected. */
function wordsFor(state: State): string {
  if (state === undefined) return 'the client has unexpectedly closed the connection';
  if (state === states.CLIENT_TERMINATE) return 'the client has terminated';
  return `the client says ${state}, which has no meaning now`;
}
