/** Streams out of sockets, in the order in which both ends count them. */
import type { TcpOptions, TcpSocket, UdpSocket } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { Pacer } from './pacer.ts';
import type { Iperf3Parameters } from './parameters.ts';
import { clientSends } from './parameters.ts';
import { streamId } from './states.ts';
import type { Stream, StreamHooks } from './stream.ts';
import { TcpReceiver, TcpSender } from './tcp-streams.ts';
import type { UdpStreamParts } from './udp-streams.ts';
import { UdpReceiver, UdpSender } from './udp-streams.ts';

export class StreamMaker {
  readonly #parameters: Iperf3Parameters;
  readonly #isClient: boolean;
  readonly #time: Timekeeper;
  readonly #hooks: StreamHooks;
  /** What all TCP streams write, and what they read into. */
  readonly #block: Uint8Array;

  constructor(parameters: Iperf3Parameters, isClient: boolean, time: Timekeeper, hooks: StreamHooks) {
    this.#parameters = parameters;
    this.#isClient = isClient;
    this.#time = time;
    this.#hooks = hooks;
    this.#block = new Uint8Array(parameters.blockSize);
  }

  /** @param index the how-manieth of the test it is */
  tcp(index: number, socket: TcpSocket): Stream {
    socket.setOptions(tcpOptions(this.#parameters));
    const id = streamId(index);
    if (!this.#sends(index)) return new TcpReceiver(id, socket, this.#block, this.#hooks);
    return new TcpSender(id, socket, this.#block, this.#pacer(), this.#hooks);
  }

  udp(index: number, socket: UdpSocket, ends: Pick<UdpStreamParts, 'local' | 'remote'>): Stream {
    const parts: UdpStreamParts = {
      ...ends,
      id: streamId(index),
      socket,
      time: this.#time,
      wideCounters: this.#parameters.wideCounters,
      hooks: this.#hooks,
      answersGreetings: !this.#isClient,
    };
    return this.#sends(index) ? new UdpSender(parts, this.#parameters.blockSize, this.#pacer()) : new UdpReceiver(parts);
  }

  #sends(index: number): boolean {
    return clientSends(this.#parameters, index) === this.#isClient;
  }

  #pacer(): Pacer {
    return new Pacer(this.#time, this.#parameters.rate);
  }
}

/** What of the parameters is the connection's business. */
export function tcpOptions({ noDelay, window, trafficClass, congestion }: Iperf3Parameters): Partial<TcpOptions> {
  return {
    noDelay,
    trafficClass,
    ...(congestion === undefined ? {} : { congestionControl: congestion }),
    ...(window === 0 ? {} : { sendBuffer: window, maxSendBuffer: window, receiveBuffer: window, maxReceiveBuffer: window }),
  };
}
