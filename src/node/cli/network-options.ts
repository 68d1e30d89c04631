/** The options that every command with a stack on a TAP shares. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { FaultOptions } from '../../lab/faults.ts';
import type { Micros } from '../../stack/time.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import * as parse from './parse.ts';

export interface NetworkOptions {
  readonly private?: boolean;
  readonly tap?: string;
  readonly ip: string;
  readonly hostIp?: string;
  readonly gateway?: string;
  readonly mac?: MacAddress;
  readonly mtu?: number;
  readonly tapDriver: 'koffi' | 'tuntap2';
  /** False with `--no-offload`. */
  readonly offload: boolean;
  readonly capture?: string;
  readonly verbose?: boolean;
  readonly loss?: number;
  readonly delay?: Micros;
  readonly jitter?: Micros;
  readonly reorder?: number;
  readonly duplicate?: number;
  readonly corrupt?: number;
  readonly seed?: number;
}

const NETWORK = 'Network:';
const RECORDING = 'Recording:';
const FAULTS = 'Faults, in each direction:';

/** Adds them, under headings. */
export function addNetworkOptions(command: Command): Command {
  const add = (heading: string, flags: string, description: string, parser?: (text: string) => unknown): void => {
    const option = new Option(flags, description).helpGroup(heading);
    command.addOption(parser === undefined ? option : option.argParser(parser));
  };
  add(NETWORK, '--private', 'in a network namespace of its own: nothing of this machine is touched, root is not needed');
  add(NETWORK, '--tap <name>', 'the TAP, an existing or a new one (default: the first free tapN)');
  command.addOption(
    new Option('--ip <address/length>', 'address of the stack')
      .default('10.0.0.2/24')
      .argParser(parse.interfaceAddress)
      .helpGroup(NETWORK),
  );
  add(
    NETWORK,
    '--host-ip <address/length>',
    "Linux's address on the TAP (default: what it has, else the first of the network)",
    parse.interfaceAddress,
  );
  add(NETWORK, '--gateway <address>', 'router for everything beyond the TAP', parse.address);
  add(NETWORK, '--mac <address>', 'Ethernet address of the stack', parse.macAddress);
  add(NETWORK, '--mtu <bytes>', 'MTU of the TAP', parse.mtu);
  command.addOption(
    new Option('--tap-driver <driver>', 'koffi is built in; tuntap2 is a package of its own')
      .choices(['koffi', 'tuntap2'])
      .default('koffi')
      .helpGroup(NETWORK),
  );
  add(NETWORK, '--no-offload', 'one frame per segment, every checksum by hand');
  add(RECORDING, '--capture <file>', 'record every frame: pcapng, or pcap by its ending; - is standard output');
  add(RECORDING, '--verbose', 'print each packet as one line');
  add(FAULTS, '--loss <rate>', 'frames that get lost, such as 5%', parse.probability);
  add(FAULTS, '--delay <time>', 'added to every frame, such as 20ms', parse.duration);
  add(FAULTS, '--jitter <time>', 'by how much the delay varies, such as 5ms', parse.duration);
  add(FAULTS, '--reorder <rate>', 'frames that others overtake', parse.probability);
  add(FAULTS, '--duplicate <rate>', 'frames that arrive twice', parse.probability);
  add(FAULTS, '--corrupt <rate>', 'frames with bits turned over', parse.probability);
  add(FAULTS, '--seed <number>', 'which frames are hit: the same ones for the same seed', parse.seed);
  return command;
}

/** The faults that were asked for; undefined when there are none. */
export function faultsOf(options: NetworkOptions): FaultOptions | undefined {
  const { loss, delay, jitter, reorder, duplicate, corrupt } = options;
  const asked = Object.entries({ loss, delay, jitter, reorder, duplicate, corrupt }).filter(([, value]) => value !== undefined);
  return asked.length === 0 ? undefined : Object.fromEntries(asked);
}
