/** Our own stack as the host under test: a fresh one for each script, at the end of a cable that speaks IP. */
import { SeededRandom } from '../../stack/random.ts';
import { Stack } from '../../stack/stack.ts';
import { DEFAULTS } from '../../stack/tcp/options.ts';
import type { State } from '../../stack/tcp/state.ts';
import type { Micros } from '../../stack/time.ts';
import { NEVER, SECOND } from '../../stack/time.ts';
import { formatV4 } from '../../stack/wire/ip-address.ts';
import { Unsupported } from '../unsupported.ts';
import { HOST_MAC, ScriptLink } from '../wire/link.ts';
import { Bindings } from './bindings.ts';
import type { CallContext } from './calls.ts';
import { perform } from './calls.ts';
import { Descriptors } from './descriptors.ts';
import { fastOpenKnob, keysOf } from './fast-open.ts';
import type { Attempt } from './file.ts';
import type { Host } from './host.ts';
import type { Changes } from './knob.ts';
import { settingsOf } from './knobs.ts';
import type { Personality } from './personality.ts';
import { routeKnob } from './route-knobs.ts';
import type { CallRequest, Outcome, Pending, SocketState, Sut } from './sut.ts';
import { TcpFile } from './tcp-file.ts';
import { infoOf } from './tcp-info.ts';

export interface StackSutOptions {
  readonly personality: Personality;
  readonly mtu: number;
  /** Words. */
  readonly localAddress: number;
  readonly remoteAddress: number;
  /** What `...` means in bind and in connect. */
  readonly bindPort: number;
  readonly connectPort: number;
  /** Other initial sequence numbers and ports for another seed. */
  readonly seed: number;
}

/** The host has been up for a while: no clock shows zero. */
const BOOTED: Micros = 1_000 * SECOND;
/** So many runs at one moment are a machine that never settles. */
const MAX_RUNS = 100_000;

export class StackSut implements Sut {
  onEmit: (packet: Uint8Array, note: string) => void = () => {};
  readonly #link: ScriptLink;
  readonly #stack: Stack;
  readonly #host: Host;
  readonly #files = new Descriptors();
  readonly #options: StackSutOptions;
  /** What `ip route` has said of the path. */
  #path: Changes = {};
  #now: Micros = BOOTED;
  /** The call that blocks. */
  #waiting: Attempt | undefined = undefined;

  constructor(options: StackSutOptions) {
    this.#options = options;
    this.#link = new ScriptLink(options.mtu);
    this.#link.onPacket = (packet, note) => this.onEmit(packet, note);
    this.#stack = new Stack({ random: new SeededRandom(options.seed), tcp: options.personality.tcp, now: BOOTED });
    const address = formatV4(options.localAddress);
    const gateway = formatV4(options.localAddress ^ 0x80); // another host of the network: the peer's network lies behind it
    this.#stack.addInterface(this.#link, { mac: HOST_MAC, addresses: [`${address}/24`], gateway });
    const now = (): Micros => this.#now;
    this.#host = {
      stack: this.#stack,
      get now() {
        return now();
      },
      began: BOOTED,
      personality: options.personality,
      tcp: options.personality.tcp,
      fastOpen: options.personality.fastOpen.bits,
      bindings: new Bindings(),
    };
    this.resetKnobs();
    this.#run();
  }

  get now(): Micros {
    return this.#now;
  }

  nextTimeout(): Micros {
    const waiting = this.#waiting?.deadline ?? NEVER;
    return Math.max(Math.min(this.#stack.nextTimeout(), waiting), this.#now);
  }

  advance(to: Micros): void {
    this.#now = to;
    if (this.#stack.nextTimeout() <= to) this.#run();
  }

  inject(packet: Uint8Array): void {
    this.#link.inject(packet);
    this.#run();
  }

  call(request: CallRequest): Outcome | Pending {
    const context: CallContext = {
      host: this.#host,
      files: this.#files,
      local: { address: this.#options.localAddress, port: this.#options.bindPort },
      remote: { address: this.#options.remoteAddress, port: this.#options.connectPort },
      wanted: request.wanted,
    };
    const { result, file } = perform(request, context);
    if ('kind' in result) return this.#sent(result);
    const first = result.attempt();
    this.#run();
    if (first !== undefined) return first;
    if (file?.nonBlocking === true) return result.wouldBlock;
    if (result.deadline <= this.#now) return result.atDeadline;
    this.#waiting = result;
    return { kind: 'pending', poll: () => this.#poll(result) };
  }

  info(fd: number): Readonly<Record<string, number>> | undefined {
    const file = this.#files.get(fd);
    return file instanceof TcpFile ? infoOf(file) : undefined;
  }

  knob(name: string, value: string): void {
    if (name === 'link.mtu') {
      this.#link.mtu = mtuOf(value);
      return;
    }
    if (fastOpenKnob(this.#host, name, value)) return;
    const route = routeKnob(name)?.([Number(value)], value, this.#host.tcp);
    this.#path = { ...this.#path, ...route };
    this.#host.tcp = { ...this.#host.tcp, ...(route ?? settingsOf(name, value, this.#host.tcp)) };
    this.#stack.tcp.options = { ...this.#stack.tcp.options, ...this.#host.tcp };
  }

  resetKnobs(): void {
    const { tcp, fastOpen } = this.#options.personality;
    this.#host.tcp = { ...tcp, ...this.#path };
    this.#stack.tcp.options = { ...DEFAULTS, ...this.#host.tcp };
    this.#host.fastOpen = fastOpen.bits;
    const { fastOpenKeys } = this.#stack.tcp;
    fastOpenKeys.bindsServer = fastOpen.bindsServer;
    if (fastOpen.key !== undefined) fastOpenKeys.replace(...keysOf(fastOpen.key));
  }

  states(): readonly SocketState[] {
    const { tcp } = this.#stack;
    const listening = [...tcp.listeners()].map(({ port }) => ({ state: 'LISTEN', localPort: port, remotePort: 0 }));
    const open = [...tcp.connections()].map(({ state, id }) => ({
      state: SOCKSTAT_NAMES[state],
      localPort: id.localPort,
      remotePort: id.remotePort,
    }));
    return [...listening, ...open];
  }

  drop(state: string | undefined): void {
    for (const connection of [...this.#stack.tcp.connections()])
      if (state === undefined || SOCKSTAT_NAMES[connection.state] === state) connection.abort();
    this.#run();
  }

  #poll(attempt: Attempt): Outcome | undefined {
    const outcome = attempt.attempt() ?? (this.#now >= attempt.deadline ? attempt.atDeadline : undefined);
    if (outcome !== undefined) this.#waiting = undefined;
    this.#run();
    return outcome;
  }

  #sent(outcome: Outcome): Outcome {
    this.#run();
    return outcome;
  }

  /** Until there is nothing more to do at this moment. */
  #run(): void {
    for (let i = 0; i < MAX_RUNS; i++) {
      this.#stack.run(this.#now);
      if (this.#link.hasInput || this.#stack.nextTimeout() <= this.#now) continue;
      this.#files.settle();
      return;
    }
    throw new Error(`the stack does not come to rest at ${this.#now} us`);
  }
}

/** RFC 791: every host takes datagrams of 68 octets. */
function mtuOf(text: string): number {
  const mtu = Number(text);
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65_535) throw new Unsupported(`an MTU of ${text}: 68 to 65535`);
  return mtu;
}

/** What sockstat and tcpdrop call the states. */
const SOCKSTAT_NAMES: Readonly<Record<State, string>> = {
  CLOSED: 'CLOSED',
  LISTEN: 'LISTEN',
  'SYN-SENT': 'SYN_SENT',
  'SYN-RECEIVED': 'SYN_RCVD',
  ESTABLISHED: 'ESTABLISHED',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  'FIN-WAIT-1': 'FIN_WAIT_1',
  CLOSING: 'CLOSING',
  'LAST-ACK': 'LAST_ACK',
  'FIN-WAIT-2': 'FIN_WAIT_2',
  'TIME-WAIT': 'TIME_WAIT',
};
