/** A host in a lab: a stack with one interface at the end of a cable, its faults, its capture, its place in the world. */
import type { FrameSink } from '../capture/record/frame-sink.ts';
import { RecordingDevice } from '../capture/record/recording-device.ts';
import type { SeriesSink } from '../capture/series/sample.ts';
import { Explainer } from '../explain/explainer.ts';
import { observers } from '../explain/observers.ts';
import { Sampler } from '../explain/sampler.ts';
import type { LinkDevice } from '../stack/device.ts';
import { parseInterfaceAddress } from '../stack/ip/prefix.ts';
import type { ArpOptions } from '../stack/link/arp-cache.ts';
import { Stack } from '../stack/stack.ts';
import type { TcpOptions } from '../stack/tcp/options.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import { format as formatMac, ofIpv4 } from '../stack/wire/mac-address.ts';
import type { CableEnd } from './cable.ts';
import type { FaultOptions } from './faults.ts';
import { FaultyDevice } from './faulty-device.ts';
import type { Timed } from './machine.ts';
import type { World } from './world.ts';

export interface HostOptions {
  /** With its prefix, such as 10.0.0.1/24; the first of several is the primary one. */
  readonly address: string | readonly string[];
  /** @default locally administered, made of the first address: 02:00 and its four octets */
  readonly mac?: MacAddress;
  readonly gateway?: string;
  /** What goes wrong on the way to and from this host. */
  readonly faults?: FaultOptions;
  /** Where the frames that this host sends and receives are recorded; after the faults, as the host sees them. */
  readonly capture?: FrameSink;
  /** The capture says beside each frame what the stack knew: see `RecordedFrame.comment`. @default false: only why it was sent */
  readonly explain?: boolean;
  /** Where the numbers of its connections are sampled. */
  readonly series?: SeriesSink;
  readonly tcp?: Partial<TcpOptions>;
  readonly arp?: Partial<ArpOptions>;
}

/** Puts a host at the end of a cable. */
export function host(world: World, name: string, end: CableEnd, options: HostOptions): Stack {
  const addresses = typeof options.address === 'string' ? [options.address] : options.address;
  const parts: Timed[] = [end];
  let device: LinkDevice = end;
  if (options.faults !== undefined) {
    const faulty = new FaultyDevice(device, world, world.random, options.faults);
    parts.push(faulty);
    device = faulty;
  }
  const { capture, explain = false, series } = options;
  const { mac = ofIpv4(parseInterfaceAddress(addresses[0] ?? '0.0.0.0/0').address), gateway, arp = {} } = options;
  const explainer = explain && capture !== undefined ? new Explainer() : undefined;
  if (capture !== undefined) {
    const sink = explainer?.around(capture) ?? capture;
    const interfaceId = sink.addInterface(name, { mac: formatMac(mac), addresses });
    device = new RecordingDevice(device, { sink, interfaceId, now: () => world.now });
  }
  const stack: Stack = new Stack({
    random: world.random,
    wake: () => world.wake(stack),
    now: world.now,
    tcp: options.tcp ?? {},
    observer: observers(explainer, series && new Sampler(name, series)),
  });
  world.add(name, stack, parts);
  stack.addInterface(device, { name, mac, addresses, arp, ...(gateway === undefined ? {} : { gateway }) });
  return stack;
}
