/** A UDP socket over the stack's endpoint. */
import { Datagram } from '../../stack/udp/datagram-queue.ts';
import type { UdpEndpoint } from '../../stack/udp/endpoint.ts';
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { fillPayload, wrongAt } from '../wire/payload.ts';
import type { SocketAddress } from './address.ts';
import { MSG_DONTWAIT, numberOf, POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from './constants.ts';
import { errnoOf } from './errno.ts';
import type { Attempt, Fields, File, OptionTable } from './file.ts';
import { done, optionOf, waits } from './file.ts';
import type { Host } from './host.ts';
import type { Outcome } from './sut.ts';
import { failed, ok } from './sut.ts';

const FLAGS = 0x4000 | MSG_DONTWAIT;

const OPTIONS: OptionTable<UdpFile> = {
  SO_REUSEADDR: { set: () => {}, get: () => 0 },
  SO_REUSEPORT: { set: () => {}, get: () => 0 },
  SO_ERROR: { get: () => 0 },
  SO_BROADCAST: {
    set: (file, value) => {
      file.endpoint().options.broadcast = value !== 0;
    },
  },
  IP_TTL: {
    set: (file, value) => {
      file.endpoint().options.ttl = value;
    },
    get: (file) => file.endpoint().options.ttl,
  },
  IP_TOS: {
    set: (file, value) => {
      file.endpoint().options.trafficClass = value;
    },
    get: (file) => file.endpoint().options.trafficClass,
  },
};

export class UdpFile implements File {
  nonBlocking = false;
  readonly #host: Host;
  #endpoint: UdpEndpoint | undefined = undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The endpoint, opened on any port when nothing has opened it before. */
  endpoint(): UdpEndpoint {
    if (this.#endpoint === undefined) this.#open({ address: 0, port: 0 });
    if (this.#endpoint === undefined) throw new Unsupported('a UDP socket without a free port');
    return this.#endpoint;
  }

  #open({ address, port }: SocketAddress): Outcome {
    const opened = this.#host.stack.udp.open({ address, port });
    if (typeof opened === 'string') return failed(errnoOf(opened));
    this.#endpoint = opened;
    return ok(0);
  }

  bind(address: SocketAddress): Outcome {
    return this.#endpoint === undefined ? this.#open(address) : failed('EINVAL');
  }

  connect({ address, port }: SocketAddress): Attempt {
    this.endpoint().connect(address, port);
    return done(ok(0));
  }

  read(length: number, flags: number): Attempt {
    if ((flags & ~FLAGS) !== 0) throw new Unsupported('these flags of a receiving call');
    const about = new Datagram();
    const endpoint = this.endpoint();
    const take = (): Outcome | undefined => {
      const failure = endpoint.takeFailure();
      if (failure !== undefined) return failed(ICMP_ERRORS[failure.reason] ?? 'EIO');
      const bytes = new Uint8Array(Math.max(Math.min(length, endpoint.nextLength), 0));
      if (!endpoint.receive(bytes, about)) return undefined;
      const wrong = wrongAt('in', 0, bytes, 0, bytes.length);
      return { ...ok(bytes.length), ...(wrong < 0 ? {} : { fault: `byte ${wrong} of the datagram is not what the peer sent` }) };
    };
    return waits(take);
  }

  write(length: number, flags: number, to: SocketAddress | undefined): Attempt {
    if ((flags & ~FLAGS) !== 0) throw new Unsupported('these flags of a sending call');
    const endpoint = this.endpoint();
    const failure = endpoint.takeFailure();
    if (failure !== undefined) return done(failed(ICMP_ERRORS[failure.reason] ?? 'EIO'));
    const bytes = new Uint8Array(length);
    fillPayload('out', 0, bytes, 0, length);
    const sent = to === undefined ? endpoint.send(bytes) : endpoint.send(bytes, to.address, to.port);
    return done(sent === 'queued' ? ok(length) : failed(SEND_ERRORS[sent] ?? 'EINVAL'));
  }

  ready(): number {
    const endpoint = this.endpoint();
    return POLLOUT | POLLWRNORM | (endpoint.nextLength >= 0 ? POLLIN | POLLRDNORM : 0) | (endpoint.isClosed ? POLLERR : 0);
  }

  close(): Attempt {
    this.#endpoint?.close();
    return done(ok(0));
  }

  listen(): Outcome {
    return failed('EOPNOTSUPP');
  }

  accept(): Attempt {
    return done(failed('EOPNOTSUPP'));
  }

  shutdown(): Outcome {
    return this.#endpoint?.isConnected ? ok(0) : failed('ENOTCONN');
  }

  setOption(name: string, value: Expr): Outcome {
    const option = optionOf(OPTIONS, name);
    option.set?.(this, numberOf(value, `the value of ${name}`), value);
    return option.set === undefined ? failed('ENOPROTOOPT') : ok(0);
  }

  getOption(name: string): number | string | Fields | Outcome {
    return optionOf(OPTIONS, name).get?.(this) ?? failed('ENOPROTOOPT');
  }

  queued(): { readonly input: number; readonly output: number } {
    return { input: Math.max(this.endpoint().nextLength, 0), output: 0 };
  }
}

const SEND_ERRORS: Readonly<Record<string, string>> = {
  'queue full': 'EAGAIN',
  'message too long': 'EMSGSIZE',
  'no destination': 'EDESTADDRREQ',
  'destination port is 0': 'EINVAL',
  'broadcast not permitted': 'EACCES',
  closed: 'EBADF',
};

/** Linux's translation of ICMP errors. */
const ICMP_ERRORS: Readonly<Record<string, string>> = {
  'port unreachable': 'ECONNREFUSED',
  'protocol unreachable': 'ENOPROTOOPT',
  'host unreachable': 'EHOSTUNREACH',
  'network unreachable': 'ENETUNREACH',
  'message too long': 'EMSGSIZE',
  'source route failed': 'EOPNOTSUPP',
  'administratively prohibited': 'EHOSTUNREACH',
  'time to live exceeded': 'EHOSTUNREACH',
  'reassembly timed out': 'EHOSTUNREACH',
  'parameter problem': 'EPROTO',
  'no route': 'ENETUNREACH',
};
