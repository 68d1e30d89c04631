/** The options that every command with a stack on a TAP shares. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { FaultRule } from '../../lab/by-meaning/verbs.ts';
import type { FaultOptions } from '../../lab/faults.ts';
import type { TcpOptions } from '../../stack/tcp/options.ts';
import type { Micros } from '../../stack/time.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import type { OffloadChoice } from '../offload-choice.ts';
import type { DhcpOptions } from './dhcp-options.ts';
import * as parse from './parse.ts';
import { tcpSettings } from './tcp-settings.ts';

export interface NetworkOptions extends DhcpOptions {
  readonly private?: boolean;
  readonly tap?: string;
  readonly ip: string;
  readonly hostIp?: string;
  readonly gateway?: string;
  readonly mac?: MacAddress;
  readonly mtu?: number;
  readonly tapDriver: 'koffi' | 'tuntap2';
  /** False with `--no-offload`, which is another word for "off". */
  readonly offload: OffloadChoice | false;
  readonly tcp?: Partial<TcpOptions>;
  readonly capture?: string;
  /** Bytes kept of each frame in the capture and the ring. */
  readonly snap?: number;
  readonly captureRaw?: string;
  readonly explain?: boolean;
  readonly series?: string;
  readonly verbose?: boolean;
  /** How many frames are remembered. */
  readonly ring?: number;
  readonly loss?: number;
  readonly delay?: Micros;
  readonly jitter?: Micros;
  readonly reorder?: number;
  readonly duplicate?: number;
  readonly corrupt?: number;
  /** By meaning, each a sentence. */
  readonly fault?: readonly FaultRule[];
  readonly seed?: number;
}

export type FaultRates = Pick<NetworkOptions, 'loss' | 'delay' | 'jitter' | 'reorder' | 'duplicate' | 'corrupt'>;

const NETWORK = 'Network:';
const RECORDING = 'Recording:';
const FAULTS = 'Faults, in each direction:';

type Parser = (text: string) => unknown;

/** @param defaultValue as written on the command line */
function add(
  command: Command,
  heading: string,
  flags: string,
  description: string,
  parser?: Parser,
  defaultValue?: string,
): void {
  const option = new Option(flags, description).helpGroup(heading);
  if (parser !== undefined) option.argParser(parser);
  if (defaultValue !== undefined) option.default(parser === undefined ? defaultValue : parser(defaultValue), defaultValue);
  command.addOption(option);
}

/** @param isAlwaysPrivate the command has no choice in that */
export function addNetworkOptions(command: Command, isAlwaysPrivate = false): Command {
  if (!isAlwaysPrivate) {
    add(command, NETWORK, '--private', 'in a network of its own: touches nothing of this machine, needs no root');
  }
  add(command, NETWORK, '--tap <name>', 'the TAP, an existing or a new one (default: the first free tapN)');
  add(command, NETWORK, '--ip <address/length>', 'address of the stack', parse.interfaceAddress, '10.0.0.2/24');
  add(
    command,
    NETWORK,
    '--host-ip <address/length>',
    "Linux's address on the TAP (default: the one it has, else the network's first)",
    parse.interfaceAddress,
  );
  add(command, NETWORK, '--gateway <address>', 'router for everything beyond the TAP', parse.address);
  add(command, NETWORK, '--mac <address>', 'Ethernet address of the stack (default: 02:00 and the IP address)', parse.macAddress);
  add(command, NETWORK, '--mtu <bytes>', 'MTU of the TAP (default: what it has, 1500 for a new one)', parse.mtu);
  command.addOption(
    new Option('--tap-driver <driver>', 'koffi is built in; tuntap2 is a package of its own')
      .choices(['koffi', 'tuntap2'])
      .default('koffi', 'koffi')
      .helpGroup(NETWORK),
  );
  command.addOption(
    new Option('--offload <when>', 'the kernel sums and cuts: on, off, or auto: where it can be had and no faults are asked for')
      .choices(['on', 'off', 'auto'])
      .default('auto', 'auto')
      .helpGroup(NETWORK),
  );
  command.addOption(new Option('--no-offload', 'the same as --offload off').hideHelp());
  command.addOption(
    new Option('--tcp <name=value>', 'an option of TCP, or several such as sack=off,ackDelay=0')
      .argParser(tcpSettings)
      .helpGroup(NETWORK),
  );
  return command;
}

export function addRecordingOptions(command: Command): Command {
  add(command, RECORDING, '--capture <file>', 'every frame as pcapng, or pcap if it ends so; - is standard output');
  add(command, RECORDING, '--capture-raw <file>', 'what the device carried: super-segments uncut, checksums left open');
  add(command, RECORDING, '--snap <bytes>', 'record only so many bytes of each frame; 96 keeps all headers', parse.snapLength);
  add(command, RECORDING, '--explain', 'beside each frame what the stack knew: states, why it was sent or dropped, cwnd, RTO');
  add(
    command,
    RECORDING,
    '--series <file>',
    'cwnd, flight, RTT, windows and queues of each connection over time, as lines of JSON',
  );
  add(
    command,
    RECORDING,
    '--ring <frames>',
    'remember so many, and write them to a file at SIGUSR1 and at a crash',
    parse.ringSize,
  );
  add(command, RECORDING, '--verbose', 'print each packet as one line');
  return command;
}

export function addFaultOptions(command: Command): Command {
  add(command, FAULTS, '--loss <rate>', 'frames that get lost, such as 5%', parse.probability);
  add(command, FAULTS, '--delay <time>', 'added to every frame, such as 20ms', parse.duration);
  add(command, FAULTS, '--jitter <time>', 'by how much the delay varies, such as 5ms', parse.duration);
  add(command, FAULTS, '--reorder <rate>', 'frames that others overtake', parse.probability);
  add(command, FAULTS, '--duplicate <rate>', 'frames that arrive twice', parse.probability);
  add(command, FAULTS, '--corrupt <rate>', 'frames with bits turned over', parse.probability);
  command.addOption(
    new Option('--fault <sentence>', 'one by its meaning, such as "lose data 7 from stack"; may be said several times')
      .argParser(parse.fault)
      .helpGroup(FAULTS),
  );
  add(command, FAULTS, '--seed <number>', 'which frames are hit, the same for the same seed (default: 1)', parse.seed);
  return command;
}

/** The faults that were asked for; undefined when there are none. */
export function faultsOf(options: FaultRates): FaultOptions | undefined {
  const { loss, delay, jitter, reorder, duplicate, corrupt } = options;
  const asked = Object.entries({ loss, delay, jitter, reorder, duplicate, corrupt }).filter(([, value]) => value !== undefined);
  return asked.length === 0 ? undefined : Object.fromEntries(asked);
}
