/** A UDP socket as applications hold it: promises over the endpoint, and nothing else. */
import type { Stack } from '../stack.ts';
import { Datagram } from '../udp/datagram-queue.ts';
import type { UdpEndpoint, UdpLimits, UdpOptions, UdpSendDetails, UdpSendResult } from '../udp/endpoint.ts';
import type { UdpFailureReason } from '../udp/failure.ts';
import type { UdpOpenFailure } from '../udp/udp.ts';
import type { IpAddress } from '../wire/ip-address.ts';
import { ANY, formatV4, fromV4 } from '../wire/ip-address.ts';
import type { Endpoint } from './endpoint.ts';
import { Signal } from './signal.ts';

export type UdpErrorReason = UdpFailureReason | UdpOpenFailure | Exclude<UdpSendResult, 'queued' | 'queue full'>;

export class UdpError extends Error {
  override readonly name = 'UdpError';
  readonly reason: UdpErrorReason;
  /** Whose ICMP error it was: the peer's, or that of a router on the way. */
  readonly reporter: IpAddress | undefined;

  constructor(reason: UdpErrorReason, what: string, reporter?: IpAddress) {
    super(`${what}: ${reason}`);
    this.reason = reason;
    this.reporter = reporter;
  }
}

export interface ReceivedDatagram {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
  /** The address of ours that it was sent to: an answer should come from it (RFC 1122 §4.1.3.5). */
  readonly to: IpAddress;
  /** The number of the interface that it came in by (`NetworkInterface.id`); 0: we have sent it to ourselves. */
  readonly interfaceId: number;
}

export interface UdpSocketOptions extends Partial<UdpOptions> {
  /** @default any free port */
  readonly port?: number;
  /** @default every address of ours */
  readonly address?: IpAddress;
  /** Share the port with others that say so too. @default false */
  readonly reuse?: boolean;
  /**
   * Hears and speaks by this interface only (`NetworkInterface.id`, SO_BINDTODEVICE): also without an address, from 0.0.0.0, and
   * to whom no route leads. @default all
   */
  readonly interfaceId?: number;
  /** What may wait in the socket. @default 256 KiB and 1,024 datagrams each way */
  readonly limits?: UdpLimits;
}

export class UdpSocket implements AsyncIterable<ReceivedDatagram>, Disposable {
  readonly #endpoint: UdpEndpoint;
  readonly #changed = new Signal();
  readonly #about = new Datagram();

  /** Called when there may be datagrams, room or a failure, inside of the stack's run: for bulk, by `receiveNow` and `sendNow`. */
  onChange: (() => void) | undefined = undefined;

  constructor(endpoint: UdpEndpoint) {
    this.#endpoint = endpoint;
    endpoint.owner = this;
  }

  get port(): number {
    return this.#endpoint.binding.localPort;
  }

  /** Fixes the peer: only its datagrams arrive, and ICMP errors about it are reported. */
  connect(address: IpAddress, port: number): void {
    this.#endpoint.connect(address.w3, port);
  }

  /**
   * Sends a datagram, waiting while the queue is full.
   * @param to absent: the peer of `connect`
   * @param from the address of ours to send from, when it matters
   * @param details of this datagram: by which interface, and why
   * @throws UdpError when it cannot be sent, or when an earlier one came back as an ICMP error
   */
  async send(bytes: Uint8Array, to?: Endpoint, from?: IpAddress, details?: UdpSendDetails): Promise<void> {
    this.#throwFailure();
    for (;;) {
      const result = this.#endpoint.send(bytes, to?.address.w3, to?.port, from?.w3, details);
      if (result === 'queued') return;
      if (result !== 'queue full') throw new UdpError(result, `cannot send from port ${this.port}`);
      await this.#changed.wait();
    }
  }

  /** The next datagram; undefined when the socket is closed. @throws UdpError when one of ours came back as an ICMP error */
  async receive(): Promise<ReceivedDatagram | undefined> {
    while (this.#endpoint.nextLength < 0) {
      if (this.#endpoint.isClosed) return undefined;
      this.#throwFailure();
      await this.#changed.wait();
    }
    const bytes = new Uint8Array(this.#endpoint.nextLength);
    this.#endpoint.receive(bytes, this.#about);
    const { address, port, localAddress, interfaceId } = this.#about;
    return { bytes, from: { address: fromV4(address), port }, to: fromV4(localAddress), interfaceId };
  }

  /** Without waiting; when the queue is full `onChange` tells of room. @param to absent: the peer of `connect` */
  sendNow(bytes: Uint8Array, to?: Endpoint, from?: IpAddress, details?: UdpSendDetails): UdpSendResult {
    return this.#endpoint.send(bytes, to?.address.w3, to?.port, from?.w3, details);
  }

  /** The next datagram, without waiting: as much of it as `into` holds. @returns its whole length; -1 when there is none */
  receiveNow(into: Uint8Array): number {
    return this.#endpoint.receive(into, this.#about) ? this.#about.length : -1;
  }

  /** Forgets that one of ours came back as an ICMP error. @returns why it did */
  takeFailure(): UdpFailureReason | undefined {
    return this.#endpoint.takeFailure()?.reason;
  }

  /** Datagrams for this socket that found its queue full. */
  get overflows(): number {
    return this.#endpoint.overflows;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedDatagram> {
    for (let datagram = await this.receive(); datagram !== undefined; datagram = await this.receive()) yield datagram;
  }

  close(): void {
    this.#endpoint.close();
    this.#changed.fire();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The stack's word that something happened; not for applications. */
  notify(): void {
    this.#changed.fire();
    this.onChange?.();
  }

  #throwFailure(): void {
    const failure = this.#endpoint.takeFailure();
    if (failure === undefined) return;
    const { reason, address, port, reporter } = failure;
    throw new UdpError(reason, `${formatV4(address)}:${port}`, reporter === undefined ? undefined : fromV4(reporter));
  }
}

/** @throws UdpError when the port is taken */
export function openUdp(stack: Stack, options: UdpSocketOptions = {}): UdpSocket {
  const { port = 0, address = ANY, reuse = false, interfaceId = 0, limits, ...settings } = options;
  const endpoint = stack.udp.open({ port, address: address.w3, reuse, interfaceId, ...(limits === undefined ? {} : { limits }) });
  if (typeof endpoint === 'string') throw new UdpError(endpoint, `cannot open UDP port ${port}`);
  Object.assign(endpoint.options, settings);
  return new UdpSocket(endpoint);
}
