/** The iperf3 server: one test at a time, any number of them one after the other. */
import type { Stack, TcpSocket } from '../../stack/index.ts';
import { listenTcp } from '../../stack/index.ts';
import type { Service } from '../service.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { ControlConnection } from './control.ts';
import type { ServerTestOptions } from './server-test.ts';
import { ServerTest } from './server-test.ts';
import { ACCESS_DENIED, COOKIE_LENGTH, IPERF3_PORT } from './states.ts';

export interface Iperf3ServerOptions extends Omit<ServerTestOptions, 'stack'> {
  /** @default 5201 */
  readonly port?: number;
  /** Told of each test when it is over. @param problem undefined for one that came to its end */
  readonly onTestEnd?: (problem: string | undefined) => void;
}

/** Connections that have not said what they want; more are reset. */
const MAX_STRANGERS = 256;
/** How long the first 37 bytes may take. */
const PATIENCE = 10_000_000;

/** TCP, and UDP while a test needs it. @throws TcpError when the port is taken */
export function startIperf3(stack: Stack, options: Iperf3ServerOptions): Service {
  const listener = listenTcp(stack, options.port ?? IPERF3_PORT);
  const desk = new Desk({ ...options, stack });
  void (async () => {
    for await (const socket of listener) desk.greet(socket);
  })();
  return {
    port: listener.port,
    get connections() {
      return desk.connections;
    },
    close() {
      listener.close();
      desk.close();
    },
  };
}

/** Where every connection says its cookie, and is sent to where it belongs. */
class Desk {
  readonly #options: Iperf3ServerOptions & { readonly stack: Stack };
  readonly #strangers = new Set<TcpSocket>();
  #test: ServerTest | undefined = undefined;
  #accepted = 0;

  constructor(options: Iperf3ServerOptions & { readonly stack: Stack }) {
    this.#options = options;
  }

  get connections(): number {
    return this.#strangers.size + (this.#test === undefined ? 0 : 1);
  }

  greet(socket: TcpSocket): void {
    if (this.#strangers.size >= MAX_STRANGERS) socket.abort();
    else void this.#hear(socket, this.#accepted++);
  }

  close(): void {
    for (const socket of this.#strangers) socket.abort();
    this.#test?.terminate();
  }

  async #hear(socket: TcpSocket, order: number): Promise<void> {
    const { time } = this.#options;
    const control = new ControlConnection(socket);
    this.#strangers.add(socket);
    const cancel = impatience(time, socket);
    const cookie = await control.readText(COOKIE_LENGTH);
    if (cookie === undefined) socket.abort();
    else if (this.#test === undefined) void this.#run(new ServerTest(cookie, control, this.#options));
    else if (this.#test.cookie !== cookie || !this.#test.offer(socket, order)) await deny(control);
    cancel();
    this.#strangers.delete(socket);
  }

  async #run(test: ServerTest): Promise<void> {
    this.#test = test;
    const problem = await test.run();
    this.#test = undefined;
    this.#options.onTestEnd?.(problem);
  }
}

/** Says so, and takes what else is said, which unread would turn the answer into a RST. */
async function deny(control: ControlConnection): Promise<void> {
  control.sendState(ACCESS_DENIED);
  control.socket.closeWrite();
  while ((await control.readState()) !== undefined);
  void control.socket.close();
}

const impatience = ({ after }: Timekeeper, socket: TcpSocket): (() => void) => after(PATIENCE, () => socket.abort());
