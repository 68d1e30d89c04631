#!/usr/bin/env node
/** The command line. Exit codes: 0 it worked, 1 it was tried and failed, 2 it was asked for wrongly or cannot be had here. */
import { Command, CommanderError } from 'commander';
import { demo } from './demo.ts';
import { get } from './get.ts';
import { nc } from './nc.ts';
import { addNetworkOptions } from './network-options.ts';
import * as parse from './parse.ts';
import { ping } from './ping.ts';
import { addServiceOptions } from './services.ts';
import { shell } from './shell.ts';
import { up } from './up.ts';
import { UsageError } from './usage-error.ts';

function program(exit: (code: number) => void): Command {
  const root = new Command('tapstack')
    .description('A TCP/IP stack in TypeScript over Linux TAP devices, with captures that Wireshark opens.')
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .configureHelp({ helpWidth: 110 })
    .enablePositionalOptions();
  root
    .command('demo')
    .description('the real ping and curl talk to the stack; shows the conversation and leaves its capture')
    .option('--capture <file>', 'where the capture goes', 'captures/demo.pcapng')
    .option('--all', 'every segment in the picture, long runs too')
    .option('--memory', 'two stacks in memory instead of a TAP')
    .action(async (options) => exit(await demo(options)));
  addNetworkOptions(addServiceOptions(root.command('up')))
    .description('bring a stack with services up on a TAP; run until interrupted, or run a command and exit with its code')
    .usage('[options] [-- command args...]')
    .argument('[command...]', 'runs beside the stack, such as: -- curl http://10.0.0.2/')
    .passThroughOptions()
    .action(async (command, options) => exit(await up(command, options)));
  addNetworkOptions(addServiceOptions(root.command('shell')))
    .description('your own shell in a private network with the stack up')
    .action(async (options) => exit(await shell(options)));
  addNetworkOptions(root.command('ping'))
    .description('ping from the stack')
    .argument('<address>', 'whom', parse.address)
    .option('-c, --count <number>', 'how many', parse.count, 4)
    .option('-i, --interval <time>', 'between two', parse.duration, parse.duration('1s'))
    .option('-s, --size <bytes>', 'of data', parse.size, 56)
    .option('-W, --timeout <time>', 'how long to wait for an answer', parse.duration, parse.duration('1s'))
    .action(async (address, options) => exit(await ping(address, options)));
  addNetworkOptions(root.command('get'))
    .description('fetch a page over the stack')
    .argument('<url>', 'such as http://10.0.0.1:8000/')
    .option('-o, --output <file>', 'where it goes (default: standard output)')
    .option('--include', 'print status and headers to standard error')
    .action(async (url, options) => exit(await get(url, options)));
  addNetworkOptions(root.command('nc'))
    .description('standard input and output over TCP or UDP, from the stack')
    .usage('[options] <address> <port>   or   [options] -l <port>')
    .argument('<where...>', 'address and port; with -l the port alone')
    .option('-l, --listen', 'wait for a connection')
    .option('-u, --udp', 'datagrams instead of a connection')
    .action(async (where, options) => exit(await nc(where, options)));
  for (const command of root.commands) command.exitOverride().showHelpAfterError('(--help shows what there is)');
  return root;
}

let code = 0;
try {
  await program((result) => {
    code = result;
  }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    code = error.exitCode === 0 ? 0 : 2; // commander has printed it
    if (error.code === 'commander.help') code = 2; // no command was given
  } else if (error instanceof UsageError) {
    process.stderr.write(`tapstack: ${error.message}\n`);
    code = 2;
  } else throw error;
}
// not process.exit: what is still being written to a pipe must get there
process.exitCode = code;
if (process.stdout.writableLength === 0) process.exit();
process.stdout.once('drain', () => process.exit());
