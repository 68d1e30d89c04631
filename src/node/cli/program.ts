/** Every command with its options and its help; what they do is in files of their own. */
import { Command, Option } from 'commander';
import { addDhcpOptions } from './dhcp-options.ts';
import { explainWrongUse, helpText } from './help.ts';
import { addFaultOptions, addNetworkOptions, addRecordingOptions } from './network-options.ts';
import * as parse from './parse.ts';
import { addServiceOptions } from './services.ts';
import type { UpExtras } from './up.ts';
import { versionOfPackage } from './version.ts';

/**
 * @param words of the command line: of commands that they do not name only the summary is there
 * @param exit is told the exit code of the command that ran
 */
export async function program(words: readonly string[], exit: (code: number) => void): Promise<Command> {
  const root = new Command('tapstack')
    .summary('a TCP/IP stack in TypeScript')
    .description('A TCP/IP stack in TypeScript over Linux TAP devices, with captures that Wireshark opens.')
    .version(versionOfPackage(), '-V, --version', 'the version of tapstack')
    .enablePositionalOptions();
  addHosts(root, exit);
  addClients(root, exit);
  await addLoaded(root, words, exit);
  root.helpCommand('help [command]', 'what a command does and its options');
  for (const command of family(root)) {
    command.exitOverride().helpOption('-h, --help', 'this text');
    explainWrongUse(command);
    helpText(command);
  }
  return root;
}

/** A command and all below it. */
const family = (command: Command): Command[] => [command, ...command.commands.flatMap(family)];

/** Commands in which Linux comes to the stack. */
function addHosts(root: Command, exit: (code: number) => void): void {
  root.commandsGroup('Linux talks to the stack:');
  root
    .command('demo')
    .summary('the real ping and curl visit the stack, and you see every packet')
    .description(
      'The real ping and curl visit the stack in a private network; then the conversation is shown packet by packet, and its ' +
        'capture is left for Wireshark. Where there is no TAP to be had, two stacks in memory do the same.',
    )
    .option('--capture <file>', 'where the capture goes', 'captures/demo.pcapng')
    .option('--all', 'every packet in the picture, long runs too')
    .option('--memory', 'two stacks in memory instead of a TAP')
    .action(async (options) => exit(await (await import('./demo.ts')).demo(options)));
  const command = root.command('up').usage('[options] [-- command args...]');
  addFaultOptions(addRecordingOptions(addServiceOptions(addDhcpOptions(addNetworkOptions(command)))))
    .summary('a stack with services on a TAP, until Ctrl-C or for the length of a command')
    .description(
      'Brings a stack with services up on a TAP. Runs until it is interrupted, or runs a command beside it and exits with its code.',
    )
    .argument('[command...]', 'such as: -- curl http://10.0.0.2/')
    .passThroughOptions()
    .action(async (words, options) => exit(await (await import('./up.ts')).up(words, options, said(command))));
  const shell = root.command('shell');
  addFaultOptions(addRecordingOptions(addServiceOptions(addDhcpOptions(addNetworkOptions(shell, true)))))
    .summary('your own shell in a private network beside a stack')
    .description(
      'Your own shell in a private network in which a stack with services is up. No root needed, nothing is left behind.',
    )
    .action(async (options) => exit(await (await import('./shell.ts')).shell(options, said(shell))));
}

const said = (command: Command): UpExtras => ({ isIpAsked: command.getOptionValueSource('ip') === 'cli' });

const durationOption = (flags: string, description: string, text: string): Option =>
  new Option(flags, description).argParser(parse.duration).default(parse.duration(text), text);

const withStack = (command: Command): Command => addFaultOptions(addRecordingOptions(addNetworkOptions(command)));

/** Commands in which the stack goes out. */
function addClients(root: Command, exit: (code: number) => void): void {
  root.commandsGroup('The stack talks to Linux:');
  withStack(
    root
      .command('ping')
      .description('Pings from the stack.')
      .argument('<address>', 'whom', parse.address)
      .option('-c, --count <number>', 'how many', parse.count, 4)
      .addOption(durationOption('-i, --interval <time>', 'between two', '1s'))
      .option('-s, --size <bytes>', 'of data', parse.size, 56)
      .addOption(durationOption('-W, --timeout <time>', 'how long an answer is waited for', '1s')),
  )
    .summary('ping from the stack')
    .action(async (address, options) => exit(await (await import('./ping.ts')).ping(address, options)));
  withStack(
    root
      .command('traceroute')
      .description('The routers on the way from the stack, hop by hop. Exits with 1 when the destination does not answer.')
      .argument('<address>', 'to whom', parse.address)
      .option('-I, --icmp', 'probes are echo requests, not datagrams')
      .option('-m, --hops <number>', 'at most', parse.hops, 30)
      .option('-q, --queries <number>', 'probes for each hop', parse.queries, 3)
      .addOption(durationOption('-w, --timeout <time>', 'how long an answer is waited for', '1s')),
  )
    .summary('the routers on the way from the stack')
    .action(async (address, options) => exit(await (await import('./traceroute.ts')).traceroute(address, options)));
  withStack(
    root
      .command('get')
      .description('Fetches a page over the stack. Exits with 1 when the server reports an error.')
      .argument('<url>', 'such as http://10.0.0.1:8000/')
      .option('-o, --output <file>', 'where it goes (default: standard output)')
      .option('--dns-server <address>', 'the stack asks there for names (default: this machine looks them up)', parse.address)
      .option('--include', 'print status and headers to standard error'),
  )
    .summary('fetch a page over the stack')
    .action(async (url, options) => exit(await (await import('./get.ts')).get(url, options)));
  withStack(
    root
      .command('nc')
      .description('Standard input and output over TCP or UDP, as client or listener.')
      .usage('[options] <address> <port>   or   [options] -l <port>')
      .argument('<where...>', 'address and port; with -l the port alone')
      .option('-l, --listen', 'wait for a connection')
      .option('-u, --udp', 'datagrams instead of a connection'),
  )
    .summary('standard input and output over TCP or UDP')
    .action(async (where, options) => exit(await (await import('./nc.ts')).nc(where, options)));
}

/**
 * Commands with much behind them: what they are is known here, and their options and what they do are loaded when they are
 * named on the command line. Half of the time that `tapstack up` took to start was the loading of others.
 */
const LOADED_WHEN_NAMED: readonly LoadedCommand[] = [
  {
    name: 'iperf3',
    summary: 'measure against iperf3, as client or server',
    load: async () => {
      const [{ addIperf3Options }, { iperf3 }] = await Promise.all([import('./iperf3-options.ts'), import('./iperf3.ts')]);
      return (command, exit) => {
        command
          .description('Measures throughput between the stack and any iperf3, as its client or as its server.')
          .usage('[options] -c <address>   or   [options] -s');
        withStack(addIperf3Options(command)).action(async (options) => exit(await iperf3(options)));
      };
    },
  },
  {
    name: 'resolve',
    argument: '<name> [type]',
    summary: 'look a name up over the stack',
    load: async () => {
      const { resolve } = await import('./resolve.ts');
      return (command, exit) =>
        withStack(
          command
            .description(
              'Asks a server for the records of a name, or for the name of an address. Exits with 1 when there are none.',
            )
            .argument('<name>', 'such as www.example.com or 10.0.0.1')
            .argument('[type]', 'of records (default: A)')
            .requiredOption('--server <address>', 'whom to ask', parse.address)
            .option('--port <port>', 'where it listens', parse.port, 53)
            .option('--over-tcp', 'ask over TCP')
            .addOption(durationOption('-W, --timeout <time>', 'how long an answer is waited for, twice', '5s')),
        ).action(async (name, type, options) => exit(await resolve(type === undefined ? [name] : [name, type], options)));
    },
  },
  {
    name: 'app',
    summary: 'chat, upload, messages and files, UDP echo: clients for teaching sockets',
    load: async () => {
      const { addApp } = await import('./app/program.ts');
      return (command, exit) => addApp(command, withStack, exit);
    },
  },
  {
    heading: 'The stack is examined:',
    name: 'drill',
    argument: '<scripts...>',
    summary: 'packetdrill scripts against the stack, in virtual time',
    load: async () => {
      const { addDrillOptions, drill } = await import('./drill.ts');
      return (command, exit) => addDrillOptions(command).action(async (where, options) => exit(await drill(where, options)));
    },
  },
  {
    heading: 'Stories are played:',
    name: 'lab',
    summary: 'scenarios for a lecture, one command each',
    load: async () => (await import('./lab/program.ts')).addLab,
  },
  {
    heading: 'Captures are read:',
    name: 'capture',
    summary: 'captures: read, draw, compare and cut them',
    load: async () => (await import('./capture/program.ts')).addCapture,
  },
  {
    heading: 'Addresses are reckoned:',
    name: 'subnet',
    argument: '<address...>',
    summary: 'a network, its mask, hosts and bits; parts and plans of it',
    load: async () => (await import('./subnet.ts')).addSubnet,
  },
];

interface LoadedCommand {
  readonly heading?: string;
  readonly name: string;
  /** For the list of commands. */
  readonly argument?: string;
  readonly summary: string;
  load(): Promise<(command: Command, exit: (code: number) => void) => unknown>;
}

async function addLoaded(root: Command, words: readonly string[], exit: (code: number) => void): Promise<void> {
  const named = words.find((word) => word !== 'help' && !word.startsWith('-'));
  for (const { heading, name, argument, summary, load } of LOADED_WHEN_NAMED) {
    if (heading !== undefined) root.commandsGroup(heading);
    const command = root.command(name).summary(summary);
    if (name === named) (await load())(command, exit);
    else if (argument !== undefined) command.argument(argument);
  }
}
