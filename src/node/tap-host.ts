/** A host that runs: a stack on a TAP, its faults and its capture, driven by the run loop until it is closed. */
import type { FrameSink, InterfaceDetails } from '../capture/record/frame-sink.ts';
import { FrameTee } from '../capture/record/frame-tee.ts';
import { RecordingDevice } from '../capture/record/recording-device.ts';
import type { SeriesSink } from '../capture/series/sample.ts';
import { Explainer } from '../explain/explainer.ts';
import { observers } from '../explain/observers.ts';
import { Sampler } from '../explain/sampler.ts';
import { faultsByMeaning } from '../lab/by-meaning/plan.ts';
import type { FaultRule } from '../lab/by-meaning/verbs.ts';
import type { FaultOptions } from '../lab/faults.ts';
import { FaultyDevice } from '../lab/faulty-device.ts';
import type { LinkDevice } from '../stack/device.ts';
import { parseInterfaceAddress } from '../stack/ip/prefix.ts';
import { SeededRandom } from '../stack/random.ts';
import { Stack } from '../stack/stack.ts';
import type { TcpOptions } from '../stack/tcp/options.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import { format as formatMac, ofIpv4 } from '../stack/wire/mac-address.ts';
import { HostClock } from './host-clock.ts';
import { configureInterface } from './interface-config.ts';
import type { OffloadChoice } from './offload-choice.ts';
import { asksForOffload, requireOffload } from './offload-choice.ts';
import type { Machine } from './run-loop.ts';
import { RunLoop } from './run-loop.ts';
import { SecureRandom } from './secure-random.ts';
import { TapDevice } from './tap.ts';
import { TAP_ENDS } from './tap-ends.ts';
import { openTuntap2 } from './tuntap2.ts';
import type { Watchable } from './wait.ts';
import { switchOffIpv6 } from './without-ipv6.ts';

export interface TapHostOptions {
  /** Name of the TAP. @default 'tap%d', the first free one */
  readonly tap?: string;
  /** The stack's address with its prefix. @default '10.0.0.2/24' */
  readonly ip?: string;
  /** The stack has no address yet, DHCP is to bring one; `ip` only says in which network the kernel's side is. @default false */
  readonly withoutAddress?: boolean;
  /** A new TAP is switched on and gets no address on the kernel's side, unless `hostIp` says one. @default false */
  readonly linuxWithoutAddress?: boolean;
  /**
   * The kernel's address on the link. Absent: a TAP that has an address keeps it, any other gets the first address of the
   * stack's network that is not the stack's.
   */
  readonly hostIp?: string;
  readonly gateway?: string;
  /** The stack's. @default locally administered, made of the address */
  readonly mac?: MacAddress;
  readonly mtu?: number;
  readonly driver?: 'koffi' | 'tuntap2';
  /** Whether the kernel sums and cuts. @default 'auto' */
  readonly offload?: OffloadChoice;
  readonly faults?: FaultOptions;
  /** Faults by meaning; times count from the opening of the TAP. */
  readonly faultRules?: readonly FaultRule[];
  /** Of the faults. @default 1 */
  readonly seed?: number;
  /** Told of every frame, as it looks on the wire. */
  readonly sinks?: readonly FrameSink[];
  /** Told of what the device carried: super-segments uncut, checksums as they were left to it. */
  readonly rawSinks?: readonly FrameSink[];
  /** The sinks hear beside each frame what the stack knew: see `RecordedFrame.comment`. @default false: only why it was sent */
  readonly explain?: boolean;
  /** Where the numbers of the stack's connections are sampled, under the name of the TAP. */
  readonly series?: SeriesSink;
  readonly tcp?: Partial<TcpOptions>;
}

/** What a capture says of the interface. */
const CUT = 'tapstack, on a TAP';
const RAW = `${CUT}; as the device carried it: super-segments uncut, checksums left open`;

export const DEFAULT_IP = '10.0.0.2/24';

type Device = LinkDevice & Watchable & { readonly name: string; close(): void };

export class TapHost {
  readonly stack: Stack;
  /** The TAP's name, and what counts its frames. */
  readonly device: Device;
  readonly clock: HostClock;
  readonly #loop: RunLoop;

  private constructor(device: Device, options: TapHostOptions, clock: HostClock) {
    this.device = device;
    this.clock = clock;
    const faulty = withFaults(device, clock, options);
    const { ip = DEFAULT_IP, gateway, mac = ofIpv4(parseInterfaceAddress(ip).address) } = options;
    const addresses = options.withoutAddress === true ? [] : [ip];
    const details: InterfaceDetails = { description: CUT, mac: formatMac(mac), addresses };
    const { sinks = [], rawSinks = [], explain = false, series } = options;
    const explainer = explain && sinks.length + rawSinks.length > 0 ? new Explainer() : undefined;
    const raw = withCapture(faulty ?? device, device.name, details, clock, sinkOf(rawSinks, explainer), true);
    const recorded = withCapture(raw, device.name, details, clock, sinkOf(sinks, explainer), false);
    this.stack = new Stack({
      random: new SecureRandom(),
      wake: () => this.#loop.wake(),
      now: clock.now(),
      tcp: options.tcp ?? {},
      observer: observers(explainer, series && new Sampler(device.name, series)),
    });
    this.#loop = new RunLoop({
      machine: faulty === undefined ? this.stack : together(faulty, this.stack),
      devices: [device],
      clock,
    });
    this.stack.addInterface(recorded, { name: device.name, mac, addresses, ...(gateway === undefined ? {} : { gateway }) });
  }

  /**
   * Opens the TAP, configures the kernel's side and starts the stack.
   * @throws TapError when the TAP cannot be had, RangeError when an address cannot be read or the options contradict each other
   */
  static async open(options: TapHostOptions = {}): Promise<TapHost> {
    parseInterfaceAddress(options.ip ?? DEFAULT_IP); // before anything is made that would have to be taken away again
    if (options.hostIp !== undefined) parseInterfaceAddress(options.hostIp);
    const device = options.driver === 'tuntap2' ? await openByTuntap2(options) : openTap(options);
    try {
      const host = new TapHost(device, options, new HostClock());
      host.#loop.start();
      return host;
    } catch (error) {
      device.close();
      throw error;
    }
  }

  /** Stops, and takes a TAP that was new away. Connections end without a word: close them before where that matters. */
  async close(): Promise<void> {
    await this.#loop.stop();
    this.device.close();
  }
}

function openTap(options: TapHostOptions): Device {
  const { tap, mtu, offload = 'auto' } = options;
  const device = TapDevice.open({
    offload: asksForOffload({ choice: offload, hasFaults: hasFaults(options), driver: 'koffi' }),
    ...(tap === undefined ? {} : { name: tap }),
    ...(mtu === undefined ? {} : { mtu }),
  });
  try {
    requireOffload(offload, device);
    if (device.before === undefined) switchOffIpv6(device.name);
    const isConfigured = device.before?.address !== undefined;
    if (options.hostIp === undefined && options.linuxWithoutAddress === true) configureInterface(device.name, { isUp: true });
    else if (options.hostIp !== undefined || !isConfigured) {
      const { address, prefixLength } = hostSide(options);
      configureInterface(device.name, { address, prefixLength, isUp: true });
    }
    return device;
  } catch (error) {
    device.close();
    throw error;
  }
}

async function openByTuntap2(options: TapHostOptions): Promise<Device> {
  asksForOffload({ choice: options.offload ?? 'auto', hasFaults: hasFaults(options), driver: 'tuntap2' });
  const { address, prefixLength } = hostSide(options);
  const { name, device } = await openTuntap2({
    address: `${address}/${prefixLength}`,
    ...(options.mtu === undefined ? {} : { mtu: options.mtu }),
  });
  return Object.assign(device, { name });
}

/** The kernel's address: as asked for, or the first of the network that is not the stack's. */
function hostSide({ hostIp, ip = DEFAULT_IP }: TapHostOptions): { readonly address: string; readonly prefixLength: number } {
  if (hostIp !== undefined) {
    const { address, prefix } = parseInterfaceAddress(hostIp);
    return { address: formatV4(address), prefixLength: prefix.length };
  }
  const { address, prefix } = parseInterfaceAddress(ip);
  const first = prefix.hasBroadcast ? prefix.network + 1 : prefix.network;
  return { address: formatV4(first === address ? first + 1 : first), prefixLength: prefix.length };
}

const hasFaults = ({ faults, faultRules = [] }: TapHostOptions): boolean => faults !== undefined || faultRules.length > 0;

function withFaults(device: Device, clock: HostClock, options: TapHostOptions): FaultyDevice | undefined {
  if (!hasFaults(options)) return undefined;
  const { faults = {}, faultRules = [], seed = 1 } = options;
  const byMeaning = faultRules.length === 0 ? {} : faultsByMeaning({ ...TAP_ENDS, began: clock.now() }, faultRules);
  const shared = {
    get now() {
      return clock.now();
    },
  };
  return new FaultyDevice(device, shared, new SeededRandom(seed), { ...faults, ...byMeaning });
}

/** One for all; undefined for none. */
function sinkOf(sinks: readonly FrameSink[], explainer: Explainer | undefined): FrameSink | undefined {
  if (sinks.length === 0) return undefined;
  const sink = sinks.length === 1 ? sinks[0]! : new FrameTee(...sinks);
  return explainer?.around(sink) ?? sink;
}

function withCapture(
  device: LinkDevice,
  name: string,
  details: InterfaceDetails,
  clock: HostClock,
  sink: FrameSink | undefined,
  isRaw: boolean,
): LinkDevice {
  if (sink === undefined) return device;
  const interfaceId = sink.addInterface(name, isRaw ? { ...details, description: RAW } : details);
  return new RecordingDevice(device, { sink, interfaceId, now: () => clock.now(), isRaw });
}

/** The faults move what they held back, then the stack runs. */
const together = (faulty: FaultyDevice, stack: Stack): Machine => ({
  run: (now) => {
    faulty.run(now);
    const cameFrames = stack.run(now);
    faulty.run(now);
    return cameFrames;
  },
  nextTimeout: () => Math.min(faulty.nextTimeout(), stack.nextTimeout()),
});
