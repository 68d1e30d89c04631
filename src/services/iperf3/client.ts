/** The iperf3 client: one test against any server that speaks the protocol. */
import type { IpAddress, Micros, Random, Stack, TcpSocket } from '../../stack/index.ts';
import { connectTcp, MILLISECOND, openUdp, SECOND, SocketError, TcpError } from '../../stack/index.ts';
import { ascii } from '../ascii.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { ControlConnection, MAX_RESULTS } from './control.ts';
import { StreamMaker, tcpOptions } from './make-streams.ts';
import type { Summary, TestObserver } from './observer.ts';
import type { Iperf3Parameters } from './parameters.ts';
import { DEFAULT_PARAMETERS, encodeParameters, MAX_DATAGRAM, streamCount, TCP_BLOCK, UDP_RATE } from './parameters.ts';
import { decodeResults, encodeResults } from './results.ts';
import * as states from './states.ts';
import { Iperf3Error } from './states.ts';
import type { CpuClock } from './transfer.ts';
import { Transfer } from './transfer.ts';
import { greet } from './udp-greeter.ts';
import { STREAM_LIMITS } from './udp-streams.ts';

export interface Iperf3ClientOptions {
  readonly time: Timekeeper;
  /** For the cookie. */
  readonly random: Random;
  readonly cpu?: CpuClock;
  /** @default 5201 */
  readonly port?: number;
  /** Between two reports; 0: none. @default 1 s */
  readonly interval?: Micros;
  readonly observer?: TestObserver;
  /** `blockSize` by default as iperf3 has it: 128 KiB, or what one frame carries; `rate` of UDP 1 Mbit/s. */
  readonly parameters?: Partial<Iperf3Parameters>;
}

/** How long a server may take for each of its steps. */
const PATIENCE: Micros = 30 * SECOND;
/** How long what was sent may take to arrive when the amount decides. */
const LAST_BYTES: Micros = 30 * SECOND;
const LOOK_EVERY: Micros = 1 * MILLISECOND;

/**
 * Runs a test to its end.
 * @throws Iperf3Error when there is no server, it refuses, or the test breaks off
 */
export async function runIperf3(stack: Stack, server: IpAddress, options: Iperf3ClientOptions): Promise<Summary> {
  const port = options.port ?? states.IPERF3_PORT;
  const socket = await connect(stack, server, port, {});
  const client = new ClientTest(stack, server, port, new ControlConnection(socket), options);
  try {
    return await client.run();
  } finally {
    client.end();
  }
}

class ClientTest {
  readonly #stack: Stack;
  readonly #server: IpAddress;
  readonly #port: number;
  readonly #control: ControlConnection;
  readonly #options: Iperf3ClientOptions;
  readonly #parameters: Iperf3Parameters;
  readonly #transfer: Transfer;
  readonly #cookie: string;
  readonly #observers: readonly TestObserver[];
  #cancel: (() => void) | undefined = undefined;
  #watchdog: (() => void) | undefined = undefined;
  #isEnding = false;
  /** A stream that failed while the test ran. */
  #broken: string | undefined = undefined;
  #summary: Summary | undefined = undefined;

  constructor(stack: Stack, server: IpAddress, port: number, control: ControlConnection, options: Iperf3ClientOptions) {
    this.#stack = stack;
    this.#server = server;
    this.#port = port;
    this.#control = control;
    this.#options = options;
    const { mss } = control.socket.info();
    this.#parameters = complete(options.parameters ?? {}, mss);
    this.#observers = options.observer === undefined ? [] : [options.observer];
    const { time, cpu, interval } = options;
    this.#transfer = new Transfer({ parameters: this.#parameters, time, cpu, interval, observers: this.#observers });
    this.#cookie = newCookie(options.random);
  }

  /** Follows the server from state to state. */
  async run(): Promise<Summary> {
    const control = this.#control;
    await control.write(this.#cookieBytes);
    for (;;) {
      if (!this.#transfer.isRunning) this.#expect();
      const state = await control.readState();
      await this.#follow(state);
      if (state === states.DISPLAY_RESULTS) break;
    }
    control.sendState(states.IPERF_DONE);
    return this.#summary!;
  }

  end(): void {
    this.#cancel?.();
    this.#watchdog?.();
    this.#transfer.abort();
    void this.#control.socket.close();
  }

  async #follow(state: number | undefined): Promise<void> {
    const { parameters, cookie } = { parameters: this.#parameters, cookie: this.#cookie };
    switch (state) {
      case states.PARAM_EXCHANGE:
        return this.#control.sendJson(encodeParameters(parameters));
      case states.CREATE_STREAMS:
        return this.#createStreams();
      case states.TEST_START: {
        const { local, remote, socket } = this.#control;
        const begin = { parameters, streams: this.#transfer.streams, control: { local, remote }, cookie, mss: socket.info().mss };
        for (const observer of this.#observers) observer.onBegin?.(begin);
        return;
      }
      case states.TEST_RUNNING:
        return this.#play();
      case states.EXCHANGE_RESULTS:
        return this.#exchange();
      case states.DISPLAY_RESULTS:
        return;
      default:
        throw await this.#explain(state);
    }
  }

  /** One after the other: both ends count them in the order of their making. */
  async #createStreams(): Promise<void> {
    const parameters = this.#parameters;
    const maker = new StreamMaker(parameters, true, this.#options.time, {
      mayMove: () => !this.#isAmountMoved,
      changed: () => this.#look(),
    });
    const { streams } = this.#transfer;
    while (streams.length < streamCount(parameters)) {
      streams.push(
        parameters.protocol === 'tcp' ? await this.#openTcp(maker, streams.length) : await this.#openUdp(maker, streams.length),
      );
    }
  }

  async #openTcp(maker: StreamMaker, index: number) {
    const { mss } = this.#parameters;
    const settings = { ...tcpOptions(this.#parameters), ...(mss === 0 ? {} : { maxSegment: mss }) };
    const socket = await connect(this.#stack, this.#server, this.#port, settings);
    await socket.write(this.#cookieBytes);
    return maker.tcp(index, socket);
  }

  async #openUdp(maker: StreamMaker, index: number) {
    const socket = openUdp(this.#stack, { limits: STREAM_LIMITS, trafficClass: this.#parameters.trafficClass });
    const remote = { address: this.#server, port: this.#port };
    socket.connect(remote.address, remote.port);
    if (!(await greet(socket, this.#options.time))) {
      socket.close();
      throw new Iperf3Error('the server does not answer on UDP');
    }
    return maker.udp(index, socket, { local: { address: this.#control.local.address, port: socket.port }, remote });
  }

  /** The test runs from now on; the server's next word comes after its end. */
  #play(): void {
    const { duration, omit } = this.#parameters;
    if (duration > 0) this.#cancel = this.#options.time.after(omit + duration, () => this.#finish());
    this.#watchdog?.();
    this.#watchdog = undefined; // the test takes as long as it takes; a server that vanishes is noticed all the same
    this.#control.socket.setOptions({
      keepAlive: true,
      keepAliveIdle: PATIENCE / 2,
      keepAliveInterval: 5 * SECOND,
      keepAliveProbes: 3,
    });
    this.#transfer.start();
    this.#look();
  }

  /** Bytes or blocks that make the test complete: sent, or with a server that sends, received. */
  get #isAmountMoved(): boolean {
    const { bytes, blocks, blockSize, direction } = this.#parameters;
    const wanted = bytes > 0 ? bytes : blocks * blockSize;
    return wanted > 0 && this.#transfer.moved(direction !== 'reverse') >= wanted;
  }

  #look(): void {
    if (!this.#transfer.isRunning || this.#isEnding) return;
    this.#broken ??= this.#transfer.streams.find(({ ends }) => ends.failure !== undefined)?.ends.failure;
    if (this.#broken !== undefined)
      this.#control.socket.abort(); // the conversation ends, and says why
    else if (this.#isAmountMoved) this.#settle(this.#options.time.now() + LAST_BYTES);
  }

  /** All has been sent: the test is over when it has arrived. */
  #settle(deadline: Micros): void {
    this.#isEnding = true;
    const { time } = this.#options;
    const isUnderWay = this.#transfer.streams.some(({ underWay }) => underWay > 0);
    if (!isUnderWay || time.now() >= deadline) this.#cancel = time.after(0, () => this.#finish());
    else this.#cancel = time.after(LOOK_EVERY, () => this.#settle(deadline));
  }

  #finish(): void {
    this.#cancel = undefined;
    this.#isEnding = true;
    this.#transfer.stop();
    this.#control.sendState(states.TEST_END);
    this.#expect();
  }

  async #exchange(): Promise<void> {
    const control = this.#control;
    this.#transfer.stop();
    await control.sendJson(encodeResults(this.#transfer, undefined));
    const json = await control.readJson(MAX_RESULTS);
    if (json === undefined) throw new Iperf3Error('the results of the server cannot be read');
    const peer = decodeResults(json, this.#transfer);
    // iperf3's server has once said it for one, and then says it to all
    const serverOutput = this.#parameters.wantsServerOutput ? peer.serverOutput : undefined;
    this.#summary = { ...this.#transfer.summary(), peer: { ...peer, serverOutput } };
    for (const observer of this.#observers) observer.onEnd?.(this.#summary);
  }

  async #explain(state: number | undefined): Promise<Iperf3Error> {
    if (this.#broken !== undefined) return new Iperf3Error(`a stream broke off: ${this.#broken}`);
    switch (state) {
      case undefined:
        return new Iperf3Error('the server has closed the control connection');
      case states.ACCESS_DENIED:
        return new Iperf3Error('the server is busy running a test; try again later');
      case states.SERVER_TERMINATE:
        return new Iperf3Error('the server has terminated');
      case states.SERVER_ERROR: {
        const code = (await this.#control.readNumber()) ?? 0;
        return new Iperf3Error(`the server refuses: ${states.ERROR_TEXTS[code] ?? `error ${code}`}`);
      }
      default:
        return new Iperf3Error(`the server says ${state}, which iperf3 does not`);
    }
  }

  get #cookieBytes(): Uint8Array {
    return ascii(this.#cookie);
  }

  #expect(): void {
    this.#watchdog?.();
    this.#watchdog = this.#options.time.after(PATIENCE, () => this.#control.socket.abort());
  }
}

/** What was not said is as iperf3 has it. @param mss of the control connection: what one frame carries */
export function complete(given: Partial<Iperf3Parameters>, mss: number): Iperf3Parameters {
  const isUdp = given.protocol === 'udp';
  const { bytes = 0, blocks = 0 } = given;
  return {
    ...DEFAULT_PARAMETERS,
    blockSize: isUdp ? Math.min(mss, MAX_DATAGRAM) : TCP_BLOCK,
    rate: isUdp ? UDP_RATE : 0,
    wideCounters: isUdp,
    ...given,
    duration: bytes > 0 || blocks > 0 ? 0 : (given.duration ?? DEFAULT_PARAMETERS.duration),
  };
}

function newCookie(random: Random): string {
  let cookie = '';
  while (cookie.length < states.COOKIE_LENGTH - 1) cookie += states.COOKIE_ALPHABET[random.nextUint32() >>> 27];
  return `${cookie}\0`;
}

async function connect(
  stack: Stack,
  server: IpAddress,
  port: number,
  settings: Parameters<typeof connectTcp>[3],
): Promise<TcpSocket> {
  try {
    return await connectTcp(stack, server, port, settings);
  } catch (error) {
    if (error instanceof SocketError || error instanceof TcpError) throw new Iperf3Error(error.message);
    throw error;
  }
}
