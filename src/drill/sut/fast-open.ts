/** What scripts set of TCP Fast Open: Linux's bits and keys, FreeBSD's sysctls, and what they come to for a socket. */
import type { FastOpenKey } from '../../stack/tcp/open/fast-open-keys.ts';
import { FastOpenKeys } from '../../stack/tcp/open/fast-open-keys.ts';
import { FastOpenQueue } from '../../stack/tcp/open/fast-open-queue.ts';
import type { Listener } from '../../stack/tcp/open/listener.ts';
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { SECOND } from '../../stack/time.ts';
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { fieldOf, numberOf } from './constants.ts';
import type { Host } from './host.ts';

/** The bits of net.ipv4.tcp_fastopen, as the kernel's documentation lists them. */
export const TFO_CLIENT = 1;
export const TFO_SERVER = 2;
export const TFO_CLIENT_NO_COOKIE = 4;
export const TFO_SERVER_COOKIE_NOT_REQUIRED = 0x200;
export const TFO_SERVER_WITHOUT_SOCKOPT = 0x400;

/** The part of a socket that is about Fast Open. */
export interface FastOpenSocket {
  /** TCP_FASTOPEN: the length of the queue; undefined: never said. */
  queue: number | undefined;
  /** TCP_FASTOPEN_CONNECT. */
  connects: boolean;
  /** TCP_FASTOPEN_NO_COOKIE. */
  withoutCookie: boolean;
  keys: FastOpenKeys | undefined;
}

export const fastOpenSocket = (): FastOpenSocket => ({
  queue: undefined,
  connects: false,
  withoutCookie: false,
  keys: undefined,
});

/** Sets what a sysctl names. @returns false when it is about something else @throws Unsupported */
export function fastOpenKnob(host: Host, name: string, value: string): boolean {
  const key = name.replaceAll('/', '.').replace(/^net\.ipv4\./, '');
  if (!/^(?:tcp_fastopen|net\.inet\.tcp\.fastopen\.)/.test(key)) return false;
  const knob = KNOBS[key.replace('net.inet.tcp.fastopen.', '')];
  if (knob === undefined) throw new Unsupported(`the sysctl ${key}`);
  knob(host, value.trim());
  return true;
}

type Knob = (host: Host, value: string) => void;

const bit =
  (mask: number): Knob =>
  (host, value) => {
    host.fastOpen = Number(value) === 0 ? host.fastOpen & ~mask : host.fastOpen | mask;
  };

const backOff: Knob = (host, value) => {
  host.tcp = { ...host.tcp, fastOpenBackOff: Number(value) * SECOND };
};

const off: Knob = (_, value) => {
  if (Number(value) !== 0) throw new Unsupported('pre-shared keys of Fast Open: the stack does not have them yet');
};

const nothing: Knob = () => {};

const KNOBS: Readonly<Record<string, Knob>> = {
  tcp_fastopen: (host, value) => {
    host.fastOpen = Number(value);
  },
  tcp_fastopen_key: (host, value) => host.stack.tcp.fastOpenKeys.replace(...keysOf(value)),
  tcp_fastopen_blackhole_timeout_sec: backOff,
  server_enable: bit(TFO_SERVER),
  client_enable: bit(TFO_CLIENT),
  acceptany: bit(TFO_SERVER_COOKIE_NOT_REQUIRED),
  path_disable_time: backOff,
  setkey: (host, value) => host.stack.tcp.fastOpenKeys.rotate(keysOf(value)[0]),
  psk_enable: off,
  setpsk: off,
  autokey: nothing,
  keylen: nothing,
  maxkeys: nothing,
  maxpsks: nothing,
  numkeys: nothing,
  numpsks: nothing,
  ccache_bucket_limit: nothing,
  ccache_buckets: nothing,
  ccache_list: nothing,
};

/** `a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4`, each a little-endian word, with the key before it behind a comma; or bytes in a row. */
export function keysOf(text: string): [FastOpenKey, FastOpenKey?] {
  const keys = text.split(',').map((key) => {
    const isWords = key.includes('-');
    const words = isWords ? key.split('-') : (key.replace(/^0x/, '').match(/.{8}/g) ?? []);
    const [a = Number.NaN, b = Number.NaN, c = Number.NaN, d = Number.NaN] = words.map((w) =>
      Number.parseInt(isWords ? w : (w.match(/../g) ?? []).reverse().join(''), 16),
    );
    if (words.length !== 4 || [a, b, c, d].some(Number.isNaN)) throw new Unsupported(`a key of Fast Open written as "${key}"`);
    return [a, b, c, d] as const;
  });
  const [first, second] = keys;
  if (first === undefined) throw new Unsupported(`a key of Fast Open written as "${text}"`);
  return second === undefined ? [first] : [first, second];
}

export const keysFrom = (text: string): FastOpenKeys => new FastOpenKeys(...keysOf(text));

/** How many connections a listening socket may accept early. */
export function queueOf({ fastOpen, personality }: Host, socket: FastOpenSocket, backlog: number): number {
  if ((fastOpen & TFO_SERVER) === 0) return 0;
  const asked = socket.queue ?? ((fastOpen & TFO_SERVER_WITHOUT_SOCKOPT) === 0 ? 0 : backlog);
  return personality.name === 'linux' || asked === 0 ? asked : Math.floor(backlog / 2) + 1; // FreeBSD: there it is on or off
}

/** TCP_FASTOPEN on a socket that listens already. */
export function retune(listener: Listener, host: Host, socket: FastOpenSocket): void {
  const limit = queueOf(host, socket, listener.backlog);
  if (listener.fastOpen === undefined) listener.fastOpen = new FastOpenQueue(limit);
  else listener.fastOpen.limit = limit;
}

/** What the bits and the socket's own settings come to. */
export function cookieRule({ fastOpen }: Host, socket: FastOpenSocket, without: number): Partial<TcpOptions> {
  return (fastOpen & without) !== 0 || socket.withoutCookie ? { fastOpenCookies: false } : {};
}

/** TCP_FASTOPEN_CONNECT with a cookie at hand: the SYN leaves with the first text. */
export function mayDefer(host: Host, socket: FastOpenSocket, address: number): boolean {
  const advice = host.stack.tcp.fastOpenCache.advise(address, host.now);
  if (!socket.connects || advice === undefined) return false;
  return advice.option !== undefined || cookieRule(host, socket, TFO_CLIENT_NO_COOKIE).fastOpenCookies === false;
}

/** The value of TCP_FASTOPEN: a number, or FreeBSD's structure. */
export const queueLength = (value: Expr): number => numberOf(fieldOf(value, 'enable')?.value ?? value, 'TCP_FASTOPEN');
