/** `tapstack subnet`: the arithmetic of addresses that a class does by hand, to check it by. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { paint } from '../../capture/words/ansi.ts';
import type { Prefix } from '../../stack/ip/prefix.ts';
import * as json from '../../subnet/json.ts';
import type { Standing } from '../../subnet/pair.ts';
import { pairOf } from '../../subnet/pair.ts';
import { readParts, readStandings, readWishes } from '../../subnet/read.ts';
import { lengthOfParts, planOf, splitTo } from '../../subnet/split.ts';
import { subnetOf } from '../../subnet/subnet.ts';
import type { Colors } from '../../subnet/text.ts';
import { addressLines, pairLines, partRows, planLines, planRows, subnetLines } from '../../subnet/text.ts';
import { tableText } from './capture/table.ts';
import { showsColor } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  readonly split?: string;
  readonly hosts?: string;
  readonly json?: true;
}

/** What is printed: as data, and as text. */
interface Answer {
  readonly data: unknown;
  readonly text: string;
}

export function addSubnet(command: Command, exit: (code: number) => void): Command {
  return command
    .description(
      'What network an address is in: mask, hosts, broadcast, block and bits. Of two addresses, whether they share a network. ' +
        'Splits a network, or plans one for departments of different size (VLSM).',
    )
    .usage('[options] <address>/<prefix>   or   [options] <address> <mask>   or   <address>/<prefix> <other>')
    .argument('<address...>', 'such as 192.168.99.254/20, or with its mask: 192.168.99.254 255.255.240.0')
    .option('--split <parts>', 'into so many parts, or into parts of a size: 4 or /26')
    .addOption(new Option('--hosts <numbers>', 'a network for each of these, biggest first').conflicts('split'))
    .option('--json', 'as data')
    .action((words: readonly string[], options: Options) => {
      const { data, text } = answered(() => answer(readStandings(words), options));
      process.stdout.write(options.json ? `${JSON.stringify(data, undefined, 2)}\n` : text);
      exit(0);
    });
}

/** A mistake of the person who asked, in one line. */
function answered<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function answer([a, b]: readonly Standing[], { split, hosts }: Options): Answer {
  if (split !== undefined || hosts !== undefined) {
    const option = split === undefined ? '--hosts' : '--split';
    if (b !== undefined) throw new UsageError(`${option} is for one network, not for two addresses`);
    if (a?.prefix === undefined) throw new UsageError(`${option} needs a network with its prefix, such as 192.168.10.0/24`);
    return split === undefined ? planned(a.prefix, hosts!) : divided(a.prefix, split);
  }
  if (b !== undefined) {
    const pair = pairOf(a!, b);
    return { data: json.ofPair(pair), text: lines(pairLines(pair, colors())) };
  }
  if (a!.prefix === undefined) return { data: json.ofAddress(a!.address), text: lines(addressLines(a!.address)) };
  const subnet = subnetOf(a!.address, a!.prefix);
  return { data: json.ofSubnet(subnet), text: lines(subnetLines(subnet, colors())) };
}

function divided(network: Prefix, words: string): Answer {
  const wish = readParts(words);
  const length = 'length' in wish ? wish.length : lengthOfParts(network, wish.count);
  const parts = splitTo(network, length);
  const more =
    'count' in wish && wish.count < parts.length ? `${wish.count} are not a power of two: ${parts.length} parts.\n` : '';
  return { data: { network: network.toString(), parts: parts.map(json.ofPrefix) }, text: `${more}${table(partRows(parts))}` };
}

function planned(network: Prefix, words: string): Answer {
  const plan = planOf(network, readWishes(words));
  return { data: json.ofPlan(network, plan), text: `${table(planRows(plan))}\n${lines(planLines(network, plan))}` };
}

const lines = (all: readonly string[]): string => all.map((line) => `${line.trimEnd()}\n`).join('');

/** Numbers stand to the right. @param rows with the titles first */
function table([titles = [], ...rows]: readonly (readonly string[])[]): string {
  const numbers = new Set(['hosts', 'wanted']);
  return tableText(
    titles.map((title) => ({ title, align: numbers.has(title) ? 'right' : 'left' })),
    rows,
  );
}

const BOLD_CYAN = '1;36';
const colors = (): Colors | undefined =>
  showsColor() ? { network: (text) => paint(BOLD_CYAN, text, true), host: (text) => paint('33', text, true) } : undefined;
