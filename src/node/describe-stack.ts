/** What a stack is doing at this moment, as plain data: for the status page, for `/stats` and for the command line. */
import { RecordingDevice } from '../capture/record/recording-device.ts';
import { FaultyDevice } from '../lab/faulty-device.ts';
import type { Connection, ConnectionSummary, LinkDevice, Offload, Stack } from '../stack/index.ts';
import { formatMac, formatV4, inspect } from '../stack/index.ts';
import type { KernelCounters } from './kernel-counters.ts';
import { TapDevice } from './tap.ts';

/** Connections described one by one; of the others only the states are counted. */
const MAX_CONNECTIONS = 200;

export interface InterfaceDescription {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  /** With their prefix length. */
  readonly addresses: readonly string[];
  readonly offload: Offload;
  /** What the device counts itself; empty for one that counts nothing. */
  readonly device: Readonly<Record<string, number>>;
  /** What it dropped, by the name of the reason; those that occurred. */
  readonly deviceDrops: Readonly<Record<string, number>>;
  /** What the kernel counted on the other side of a TAP; `sendDropped` is what never reached us. */
  readonly kernel: KernelCounters | undefined;
}

export interface NeighborDescription {
  readonly interface: string;
  readonly address: string;
  readonly mac: string;
  readonly state: string;
  /** Seconds since the state began or was confirmed. */
  readonly age: number;
  readonly waiting: number;
}

export interface RouteDescription {
  readonly prefix: string;
  readonly gateway: string | undefined;
  readonly interface: string;
  readonly metric: number;
  /** Where it comes from: `connected`, `static`, `dhcp`, `rip`, `redirect`. */
  readonly origin: string;
}

export interface ListenerDescription {
  readonly address: string;
  readonly port: number;
  readonly backlog: number;
  readonly halfOpen: number;
  readonly waiting: number;
  /** SYNs turned away because the backlog was full. */
  readonly refused: number;
}

export interface StackDescription {
  /** Seconds on the clock of whoever runs the stack. */
  readonly now: number;
  /** Seconds since the stack was made. */
  readonly uptime: number;
  readonly interfaces: readonly InterfaceDescription[];
  readonly neighbors: readonly NeighborDescription[];
  readonly routes: readonly RouteDescription[];
  readonly listeners: readonly ListenerDescription[];
  readonly connections: {
    readonly total: number;
    readonly byState: Readonly<Record<string, number>>;
    /** At most 200 of them. */
    readonly shown: readonly ConnectionSummary[];
  };
  readonly udpSockets: number;
  readonly counters: Readonly<Record<string, number>>;
  /** Those that occurred, by the name of the reason. */
  readonly drops: Readonly<Record<string, number>>;
}

const MICROS = 1_000_000;

/** Reads, and changes nothing. */
export function describeStack(stack: Stack): StackDescription {
  const names = new Map([...stack.interfaces.values()].map(({ id, name }) => [id, name]));
  return {
    now: stack.now / MICROS,
    uptime: (stack.now - stack.startedAt) / MICROS,
    interfaces: describeInterfaces(stack),
    neighbors: describeNeighbors(stack),
    routes: stack.routes.list().map(({ prefix, gateway, interfaceId, metric = 0, kind, origin = 'static' }) => ({
      prefix: prefix.length === 0 ? 'default' : `${prefix}`,
      gateway: gateway === undefined ? undefined : formatV4(gateway),
      interface: kind ?? names.get(interfaceId) ?? `${interfaceId}`,
      metric,
      origin,
    })),
    listeners: describeListeners(stack),
    connections: describeConnections(stack),
    udpSockets: stack.udp.size,
    counters: numbersOf(stack.counters),
    drops: stack.drops(),
  };
}

function describeInterfaces(stack: Stack): InterfaceDescription[] {
  return [...stack.interfaces.values()].map(({ id, name, mac, device }) => ({
    name,
    mac: formatMac(mac),
    mtu: device.mtu,
    addresses: stack.addresses
      .list()
      .filter(({ interfaceId }) => interfaceId === id)
      .map(({ address, prefix }) => `${formatV4(address)}/${prefix.length}`),
    offload: device.offload,
    device: deviceCounters(chainOf(device)),
    deviceDrops: deviceDrops(chainOf(device)),
    kernel: kernelSide(chainOf(device)),
  }));
}

/** A device and all that it stands around: what is recorded, faults, the TAP behind them. */
function chainOf(device: LinkDevice): LinkDevice[] {
  const isAround = device instanceof RecordingDevice || device instanceof FaultyDevice;
  return isAround ? [device, ...chainOf(device.inner)] : [device];
}

/** A device may count what it likes: its numbers, and those in its object `counters`. */
function deviceCounters(devices: readonly LinkDevice[]): Record<string, number> {
  const all = devices.flatMap((device) => Object.entries({ ...numbersOf(device), ...numbersIn(device, 'counters') }));
  return Object.fromEntries(all.filter(([name]) => name !== 'mtu'));
}

/** By reason, those that occurred: in its object `dropped`, or in that of its counters. */
function deviceDrops(devices: readonly LinkDevice[]): Record<string, number> {
  const all = devices.flatMap((device) => {
    const counters: unknown = Reflect.get(device, 'counters');
    const nested = typeof counters === 'object' && counters !== null ? numbersIn(counters, 'dropped') : {};
    return Object.entries({ ...numbersIn(device, 'dropped'), ...nested });
  });
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

/** The kernel's side of a TAP. */
function kernelSide(devices: readonly LinkDevice[]): KernelCounters | undefined {
  for (const device of devices) if (device instanceof TapDevice) return device.kernel;
  return undefined;
}

function numbersIn(object: object, key: string): Record<string, number> {
  const value: unknown = Reflect.get(object, key);
  return typeof value === 'object' && value !== null ? numbersOf(value) : {};
}

const numbersOf = (object: object): Record<string, number> =>
  Object.fromEntries(Object.entries(object).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));

function describeNeighbors(stack: Stack): NeighborDescription[] {
  return [...stack.interfaces.values()].flatMap(({ name, arp }) =>
    arp.entries(stack.now).map(({ address, mac, state, age, waiting }) => ({
      interface: name,
      address: formatV4(address),
      mac: formatMac(mac),
      state,
      age: age / MICROS,
      waiting,
    })),
  );
}

function describeListeners(stack: Stack): ListenerDescription[] {
  return [...stack.tcp.listeners()]
    .sort((a, b) => a.port - b.port)
    .map(({ address, port, backlog, queued, refused }) => ({
      address: address?.toString() ?? '0.0.0.0',
      port,
      backlog,
      halfOpen: queued.halfOpen,
      waiting: queued.waiting,
      refused,
    }));
}

function describeConnections(stack: Stack): StackDescription['connections'] {
  const byState: Record<string, number> = {};
  const shown: Connection[] = [];
  let total = 0;
  for (const connection of stack.tcp.connections()) {
    total++;
    byState[connection.state] = (byState[connection.state] ?? 0) + 1;
    if (shown.length < MAX_CONNECTIONS) shown.push(connection);
  }
  const { timeWaitCount } = stack.tcp;
  if (timeWaitCount > 0) byState['TIME-WAIT'] = (byState['TIME-WAIT'] ?? 0) + timeWaitCount;
  return { total: total + timeWaitCount, byState, shown: shown.map(inspect) };
}
