/** The options of `tapstack iperf3`, by iperf3's own letters, and what they make of a test. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Direction, Iperf3Parameters } from '../../services/iperf3/parameters.ts';
import { MAX_DATAGRAM, MIN_DATAGRAM } from '../../services/iperf3/parameters.ts';
import { IPERF3_PORT } from '../../services/iperf3/states.ts';
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';
import type { NetworkOptions } from './network-options.ts';
import * as parse from './parse.ts';
import { UsageError } from './usage-error.ts';

export interface Iperf3Options extends NetworkOptions {
  readonly server?: boolean;
  readonly client?: string;
  readonly port: number;
  readonly oneOff?: boolean;
  readonly udp?: boolean;
  readonly reverse?: boolean;
  readonly bidir?: boolean;
  readonly parallel: number;
  readonly time?: Micros;
  readonly bytes?: number;
  readonly blockcount?: number;
  readonly bitrate?: number;
  readonly length?: number;
  readonly window?: number;
  readonly omit?: Micros;
  readonly interval: Micros;
  readonly setMss?: number;
  readonly nodelay?: boolean;
  readonly congestion?: 'cubic' | 'reno';
  readonly tos?: number;
  readonly getServerOutput?: boolean;
  readonly json?: boolean;
}

const GENERAL = 'Both:';
const CLIENT = 'Client:';

export function addIperf3Options(command: Command): Command {
  const add = (heading: string, flags: string, text: string, parser?: (word: string) => unknown, standard?: unknown): void => {
    const option = new Option(flags, text).helpGroup(heading);
    if (parser !== undefined) option.argParser(parser);
    if (standard !== undefined) option.default(standard);
    command.addOption(option);
  };
  add(GENERAL, '-s, --server', 'wait for clients, until Ctrl-C');
  add(GENERAL, '-c, --client <address>', 'run a test against the server there', parse.address);
  add(GENERAL, '-p, --port <port>', 'of the server', parse.port, IPERF3_PORT);
  command.addOption(
    new Option('-i, --interval <seconds>', 'between two reports; 0: none')
      .argParser(pause)
      .default(SECOND, '1')
      .helpGroup(GENERAL),
  );
  add(GENERAL, '-1, --one-off', 'a server that ends after one test');
  add(CLIENT, '-u, --udp', 'datagrams instead of connections');
  add(CLIENT, '-R, --reverse', 'the server sends');
  add(CLIENT, '--bidir', 'both send at once');
  add(CLIENT, '-P, --parallel <number>', 'streams at once', whole(1, 128), 1);
  add(CLIENT, '-t, --time <seconds>', 'how long (default: 10)', seconds);
  add(CLIENT, '-n, --bytes <amount>', 'instead of a time, such as 100M', amount(1024));
  add(CLIENT, '-k, --blockcount <number>', 'blocks to move, instead of a time', amount(1024));
  add(
    CLIENT,
    '-b, --bitrate <rate>',
    'bits per second of a stream, such as 100M; 0: no limit (default: 0, UDP 1M)',
    amount(1000),
  );
  add(CLIENT, '-l, --length <bytes>', 'of a block (default: 128K; UDP: what one frame carries)', amount(1024));
  add(CLIENT, '-w, --window <bytes>', 'size of the buffers, such as 256K', amount(1024));
  add(CLIENT, '-O, --omit <seconds>', 'from the beginning, that do not count', (text) => whole(0, 600)(text) * SECOND);
  add(CLIENT, '-M, --set-mss <bytes>', 'the longest segment', whole(88, 9216));
  add(CLIENT, '-N, --nodelay', "Nagle's algorithm off");
  command.addOption(new Option('-C, --congestion <name>', 'congestion control').choices(['cubic', 'reno']).helpGroup(CLIENT));
  add(CLIENT, '-S, --tos <octet>', 'of the IP header', whole(0, 255));
  add(CLIENT, '--get-server-output', "the server's own words too");
  add(CLIENT, '-J, --json', 'one JSON object instead of a table');
  return command;
}

/** @throws UsageError for what excludes each other */
export function parametersOf(options: Iperf3Options): Partial<Iperf3Parameters> {
  checkTogether(options);
  const {
    udp,
    parallel,
    time,
    bytes = 0,
    blockcount = 0,
    bitrate,
    length,
    window,
    omit,
    setMss,
    nodelay,
    congestion,
    tos,
  } = options;
  const given: { readonly [K in keyof Iperf3Parameters]?: Iperf3Parameters[K] | undefined } = {
    protocol: udp ? 'udp' : 'tcp',
    direction: directionOf(options),
    parallel,
    duration: time,
    bytes,
    blocks: blockcount,
    rate: bitrate,
    blockSize: length,
    window,
    omit,
    mss: setMss,
    noDelay: nodelay,
    congestion,
    trafficClass: tos,
    wantsServerOutput: options.getServerOutput,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const directionOf = ({ reverse, bidir }: Iperf3Options): Direction => (bidir ? 'both' : reverse ? 'reverse' : 'forward');

function checkTogether({ reverse, bidir, time, bytes, blockcount, udp, length }: Iperf3Options): void {
  if (reverse && bidir) throw new UsageError('--reverse and --bidir exclude each other: --bidir is both directions at once');
  const ends = Object.entries({ time, bytes, blockcount }).filter(([, value]) => value !== undefined);
  if (ends.length > 1)
    throw new UsageError(`a test ends after ${ends.map(([name]) => `--${name}`).join(' or ')}: give one of them`);
  const [least, most] = udp ? [MIN_DATAGRAM, MAX_DATAGRAM] : [1, 1024 * 1024];
  if (length !== undefined && !(length >= least && length <= most))
    throw new UsageError(`--length ${length}: ${udp ? 'a datagram' : 'a block'} has ${least} to ${most} bytes`);
}

function seconds(text: string): Micros {
  const value = /^\d{1,5}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 86_400)) throw new InvalidArgumentError('a time is seconds, such as 10 or 0.5, at most 86400');
  return Math.round(value * SECOND);
}

function pause(text: string): Micros {
  const value = /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value === 0 || (value >= 0.1 && value <= 60))) throw new InvalidArgumentError('an interval is 0.1 to 60 seconds, or 0');
  return Math.round(value * SECOND);
}

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`a whole number from ${least} to ${most}`);
    return value;
  };

const POWERS = ['', 'k', 'm', 'g', 't'];

/** `1500`, `64K`, `1.5G`; @param base 1024 for bytes, 1000 for bits, as iperf3 has it */
const amount =
  (base: number) =>
  (text: string): number => {
    const match = /^(\d{1,15}(?:\.\d+)?)([kmgt]?)$/i.exec(text);
    const value = match === null ? Number.NaN : Math.floor(Number(match[1]) * base ** POWERS.indexOf(match[2]!.toLowerCase()));
    if (!(value <= Number.MAX_SAFE_INTEGER)) throw new InvalidArgumentError('an amount is written 1500, 64K, 100M or 1.5G');
    return value;
  };
