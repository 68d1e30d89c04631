/** A network interface's configuration, read and set by system calls (netdevice(7)) as `ip` would, without running it. */
import { formatV4, parseV4 } from '../stack/wire/ip-address.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import * as mac from '../stack/wire/mac-address.ts';
import { AF_INET, EADDRNOTAVAIL, ENODEV, LITTLE_ENDIAN, libc, SOCK_CLOEXEC, SOCK_DGRAM } from './libc.ts';
import { setQueueLength } from './netlink.ts';
import { interfaceError, TapError } from './tap-error.ts';

export interface InterfaceState {
  readonly name: string;
  readonly mac: MacAddress;
  /** Bytes of network-layer packet. */
  readonly mtu: number;
  /** Dotted decimal; undefined when the interface has no IPv4 address. */
  readonly address: string | undefined;
  readonly prefixLength: number;
  /** Switched on by the administrator. */
  readonly isUp: boolean;
  /** Packets that wait for the device. */
  readonly queueLength: number;
}

/** What to change; what is absent stays. */
export interface InterfaceChanges {
  /** A new name. */
  readonly name?: string;
  readonly mac?: MacAddress;
  readonly mtu?: number;
  /** Dotted decimal, with `prefixLength`. */
  readonly address?: string;
  /** @default 24 */
  readonly prefixLength?: number;
  readonly isUp?: boolean;
  readonly queueLength?: number;
}

const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const SIOCGIFADDR = 0x8915;
const SIOCSIFADDR = 0x8916;
const SIOCGIFNETMASK = 0x891b;
const SIOCSIFNETMASK = 0x891c;
const SIOCGIFMTU = 0x8921;
const SIOCSIFMTU = 0x8922;
const SIOCSIFNAME = 0x8923;
const SIOCSIFHWADDR = 0x8924;
const SIOCGIFHWADDR = 0x8927;
const SIOCGIFINDEX = 0x8933;
const SIOCGIFTXQLEN = 0x8942;
const IFF_UP = 1;
const ARPHRD_ETHER = 1;

/** struct ifreq: a name of 16 bytes and 24 bytes whose meaning depends on the request. */
export const REQUEST_LENGTH = 40;
/** Where the second part begins. */
export const VALUE = 16;
/** In a socket address of IPv4, behind family and port. */
const ADDRESS = VALUE + 4;
/** In a socket address of a link, behind the family. */
const LINK_ADDRESS = VALUE + 2;

/** @returns undefined when there is no interface of that name */
export function readInterface(name: string): InterfaceState | undefined {
  const socket = new ConfigSocket(name);
  try {
    const flags = socket.ask(SIOCGIFFLAGS, 'read the flags', ENODEV);
    if (flags === undefined) return undefined;
    const isUp = (flags.getUint16(VALUE, LITTLE_ENDIAN) & IFF_UP) !== 0;
    const mtu = socket.must(SIOCGIFMTU, 'read the MTU').getInt32(VALUE, LITTLE_ENDIAN);
    const queueLength = socket.must(SIOCGIFTXQLEN, 'read the queue length').getInt32(VALUE, LITTLE_ENDIAN);
    const macAddress = mac.read(socket.must(SIOCGIFHWADDR, 'read the MAC address'), LINK_ADDRESS);
    const address = socket.ask(SIOCGIFADDR, 'read the address', EADDRNOTAVAIL)?.getInt32(ADDRESS);
    const mask = socket.ask(SIOCGIFNETMASK, 'read the netmask', EADDRNOTAVAIL)?.getUint32(ADDRESS) ?? 0;
    return {
      name,
      mac: macAddress,
      mtu,
      address: address === undefined ? undefined : formatV4(address),
      prefixLength: Math.clz32(~mask),
      isUp,
      queueLength,
    };
  } finally {
    socket.close();
  }
}

/** Makes the changes in the order in which the kernel takes them: name, link, address, up. @throws TapError */
export function configureInterface(name: string, changes: InterfaceChanges): void {
  if (changes.name !== undefined && changes.name !== name) rename(name, changes.name);
  const socket = new ConfigSocket(changes.name ?? name);
  try {
    setLink(socket, changes);
    if (changes.address !== undefined) setAddress(socket, changes.address, changes.prefixLength ?? 24);
    if (changes.isUp !== undefined) setUp(socket, changes.isUp);
  } finally {
    socket.close();
  }
}

/**
 * Linux's rule for names (dev_valid_name).
 * @throws TapError 'bad name'
 */
export function checkName(name: string): void {
  const isPlain = /^[^\s/:%]+$/.test(name) && name !== '.' && name !== '..';
  if (isPlain && Buffer.byteLength(name) <= 15) return;
  throw new TapError(
    'bad name',
    `"${name}" is not an interface name: up to 15 characters without spaces, "/", ":" or "%", such as tap0`,
  );
}

/** Writes a name where an ifreq has its names. */
export function writeName(request: Uint8Array, at: number, name: string): void {
  request.fill(0, at, at + 16);
  request.set(Buffer.from(name), at);
}

function rename(from: string, to: string): void {
  checkName(to);
  const socket = new ConfigSocket(from);
  try {
    writeName(socket.request, VALUE, to);
    socket.must(SIOCSIFNAME, `change the name to ${to}`);
  } finally {
    socket.close();
  }
}

function setLink(socket: ConfigSocket, { mac: macAddress, mtu, queueLength }: InterfaceChanges): void {
  if (macAddress !== undefined) {
    socket.request.fill(0, VALUE);
    socket.view.setUint16(VALUE, ARPHRD_ETHER, LITTLE_ENDIAN);
    mac.write(socket.view, LINK_ADDRESS, macAddress);
    socket.must(SIOCSIFHWADDR, `set the MAC address ${mac.format(macAddress)}`);
  }
  if (mtu !== undefined) {
    socket.view.setInt32(VALUE, mtu, LITTLE_ENDIAN);
    socket.must(SIOCSIFMTU, `set the MTU ${mtu}`);
  }
  if (queueLength !== undefined) {
    const index = socket.must(SIOCGIFINDEX, 'read the index').getInt32(VALUE, LITTLE_ENDIAN);
    const error = setQueueLength(index, queueLength);
    if (error !== 0) throw interfaceError(error, socket.name, `set the queue length ${queueLength}`);
  }
}

function setAddress(socket: ConfigSocket, address: string, prefixLength: number): void {
  const word = parseV4(address);
  if (word === undefined) throw new TapError('bad value', `"${address}" is not an IPv4 address such as 10.0.0.1`);
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > 32) {
    throw new TapError('bad value', `"${prefixLength}" is not a prefix length: a whole number from 0 to 32`);
  }
  socket.putAddress(word);
  socket.must(SIOCSIFADDR, `set the address ${address}`);
  socket.putAddress(prefixLength === 0 ? 0 : -1 << (32 - prefixLength));
  socket.must(SIOCSIFNETMASK, `set the prefix length ${prefixLength}`);
}

function setUp(socket: ConfigSocket, isUp: boolean): void {
  const flags = socket.must(SIOCGIFFLAGS, 'read the flags').getUint16(VALUE, LITTLE_ENDIAN);
  socket.view.setUint16(VALUE, isUp ? flags | IFF_UP : flags & ~IFF_UP, LITTLE_ENDIAN);
  socket.must(SIOCSIFFLAGS, isUp ? 'switch on the link' : 'switch off the link');
}

/** A socket that carries no data: the kernel wants one to ask questions about interfaces. */
class ConfigSocket {
  readonly request: Uint8Array<ArrayBuffer> = new Uint8Array(REQUEST_LENGTH);
  readonly view: DataView<ArrayBuffer> = new DataView(this.request.buffer);
  readonly name: string;
  readonly #fd: number;

  constructor(name: string) {
    checkName(name);
    this.name = name;
    this.#fd = libc().socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (this.#fd < 0) throw interfaceError(libc().errno(), name, 'ask for the configuration');
  }

  putAddress(word: number): void {
    this.request.fill(0, VALUE);
    this.view.setUint16(VALUE, AF_INET, LITTLE_ENDIAN);
    this.view.setInt32(ADDRESS, word);
  }

  /** Sends the request as it stands. @returns the answer, or undefined for the one error that is an answer too */
  ask(code: number, action: string, allowed: number): DataView | undefined {
    writeName(this.request, 0, this.name);
    if (libc().ioctl(this.#fd, code, this.request) >= 0) return this.view;
    const error = libc().errno();
    this.request.fill(0);
    if (error === allowed) return undefined;
    throw interfaceError(error, this.name, action);
  }

  must(code: number, action: string): DataView {
    const answer = this.ask(code, action, 0);
    if (answer === undefined) throw new TapError('failed', `cannot ${action} of ${this.name}`);
    return answer;
  }

  close(): void {
    libc().close(this.#fd);
  }
}
