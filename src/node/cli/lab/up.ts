/** `tapstack lab up`: a lab in real time, with Linux in it, until it is interrupted or its command ends. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { ScenarioError } from '../../../scenarios/scenario.ts';
import { parseInterfaceAddress } from '../../../stack/ip/prefix.ts';
import { parseV4 } from '../../../stack/wire/ip-address.ts';
import { closeOnExit } from '../../close-on-exit.ts';
import { LabMistake } from '../../lab/lab-mistake.ts';
import type { ExtraTap, LiveLab } from '../../lab/live-lab.ts';
import { startLab } from '../../lab/live-lab.ts';
import { isLabFile, loadLab, mistakeOf } from '../../lab/load-lab.ts';
import { CaptureFile } from '../../pcap-file.ts';
import { enterPrivateNamespace, NamespaceError } from '../../private-namespace.ts';
import { TapError } from '../../tap-error.ts';
import { run, withoutProxy } from '../child.ts';
import { UsageError } from '../usage-error.ts';
import { scenarioNamed } from './scenario-named.ts';

interface UpOptions {
  readonly tap?: readonly ExtraTap[];
  readonly capture?: string;
  /** `--here` is not given. */
  readonly here?: boolean;
}

/** What Linux still says when a command has ended, such as the last ACK. */
const LAST_WORDS_MS = 50;

export function addUp(lab: Command, exit: (code: number) => void): void {
  lab
    .command('up')
    .usage('[options] <lab> [-- command args...]')
    .summary('a lab in real time with Linux in it, until Ctrl-C or for the length of a command')
    .description(
      'Plays a lab to its end, then lets it go on in real time, with Linux at the ends of its cables: in a private network, no root ' +
        'needed. Runs a command in there and exits with its code, or goes on until it is interrupted.',
    )
    .argument('<lab>', 'a lab file such as home.ts, or a scenario with a network')
    .argument('[command...]', 'such as: -- curl http://192.168.20.1/')
    .option('--tap <place>', 'Linux at a free port: DEVICE[.PORT]=ADDRESS/PREFIX[,via=GATEWAY], or DEVICE=dhcp', tapOf)
    .option('--capture <file>', 'record all ends of all cables; "-" for standard output')
    .option('--here', 'in the network of this machine, as root')
    .action(async (name: string, words: readonly string[], options: UpOptions) => exit(await up(name, words, options)));
}

function tapOf(text: string, before: readonly ExtraTap[] = []): readonly ExtraTap[] {
  const [, at, address = '', gateway] = /^([^=]+)=([^,]+)(?:,via=(.+))?$/.exec(text) ?? [];
  if (at === undefined) throw new InvalidArgumentError('such as s1=192.168.10.9/24,via=192.168.10.254');
  if (gateway !== undefined && parseV4(gateway) === undefined)
    throw new InvalidArgumentError(`"${gateway}" is not an IPv4 address such as 10.0.0.1`);
  if (address !== 'dhcp') {
    try {
      parseInterfaceAddress(address);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  }
  return [...before, { at, ...(address === 'dhcp' ? {} : { address }), ...(gateway === undefined ? {} : { gateway }) }];
}

/** @returns the exit code: of the command, or 1 when the story went another way; without a command it does not return */
async function up(name: string, [program, ...args]: readonly string[], options: UpOptions): Promise<number> {
  const print = (line: string): void => void process.stderr.write(`tapstack: ${line}\n`);
  try {
    if (options.here !== true) enterPrivateNamespace(); // begins again inside: see there
    return await live(await scenarioOf(name), isLabFile(name) ? name : undefined, program, args, options);
  } catch (error) {
    if (error instanceof ScenarioError) {
      print(error.message);
      return 1;
    }
    if (isForTheUser(error)) throw new UsageError(error.message);
    throw error;
  }
}

const scenarioOf = async (name: string): Promise<Scenario> => (isLabFile(name) ? loadLab(name) : scenarioNamed(name));

const isForTheUser = (error: unknown): error is Error =>
  [LabMistake, TapError, NamespaceError, RangeError].some((kind) => error instanceof kind) ||
  (error instanceof Error && error.message.startsWith('cannot write'));

async function live(
  scenario: Scenario,
  file: string | undefined,
  program: string | undefined,
  args: readonly string[],
  options: UpOptions,
): Promise<number> {
  const { lab, close } = await started(scenario, file, options);
  const guard = closeOnExit([{ close }]);
  if (program === undefined) {
    for (const line of greeting(lab)) process.stderr.write(`${line}\n`);
    return new Promise(() => {}); // a signal ends it, and the guard closes everything
  }
  const running = run(program, args, withoutProxy(process.env), options.capture === '-');
  guard.release(); // signals are passed on to the command now
  const code = await running;
  await delay(LAST_WORDS_MS);
  await close();
  return code;
}

/** @throws ScenarioError and LabMistake with the place in the file, if it is one */
async function started(
  scenario: Scenario,
  file: string | undefined,
  { tap = [], capture }: UpOptions,
): Promise<{ readonly lab: LiveLab; close(): Promise<void> }> {
  let written: CaptureFile | undefined;
  const sink = (epochOffset: number): CaptureFile => {
    written = new CaptureFile(capture ?? '', { epochOffset });
    return written;
  };
  try {
    const lab = await startLab(scenario, { taps: tap, ...(capture === undefined ? {} : { sink }) });
    const close = async (): Promise<void> => {
      await lab.stop();
      written?.close();
    };
    return { lab, close };
  } catch (error) {
    written?.close();
    if (file === undefined || !(error instanceof ScenarioError)) throw error;
    const mistake = await mistakeOf(error.cause, file);
    throw error.cause instanceof ScenarioError ? new ScenarioError(mistake.message) : mistake;
  }
}

function greeting({ places, stage }: LiveLab): string[] {
  const others = [...stage.names].map(([address, name]) => `${name} ${address}`);
  return [
    ...places.map(({ name, address = 'without an address' }) => `${name}: Linux in the lab, ${address}`),
    `in the lab: ${others.join(', ')}`,
    `enter it with: nsenter -t ${process.pid} -U -n --preserve-credentials    Ctrl-C ends it`,
  ];
}
