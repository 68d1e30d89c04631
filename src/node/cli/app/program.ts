/** `tapstack app ...`: the clients of the teaching applications, over the stack. */
import type { Command } from 'commander';
import * as parse from '../parse.ts';

/** @param withStack adds the options of the network. @param exit is told the exit code of the command that ran */
export function addApp(app: Command, withStack: (command: Command) => Command, exit: (code: number) => void): void {
  app.description(
    'Clients of the teaching applications: chat, upload, messages and files, UDP echo. Their servers: tapstack up --chat ... and ' +
      'the Python programs in test/python, whose protocols are written byte by byte in src/services/apps.',
  );
  const client = (name: string, summary: string): Command =>
    withStack(
      app
        .command(name)
        .summary(summary)
        .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
        .argument('<address>', 'of the server', parse.address)
        .argument('<port>', 'of the server', parse.port),
    );
  client('chat', 'lines from standard input to a chat, and its answers')
    .option('--name <name>', 'who you are', 'tapstack')
    .action(async (address, port, options) => exit(await (await import('./chat.ts')).chat(address, port, options)));
  client('upload', 'files to a server that is told their size first')
    .argument('<files...>', 'what is sent')
    .action(async (address, port, files, options) =>
      exit(await (await import('./upload.ts')).uploadFiles(address, port, files, options)),
    );
  client('message', 'a message and files over one connection, in frames')
    .argument('[text...]', 'the message')
    .option('--name <name>', 'who you are', 'tapstack')
    .option('--file <files...>', 'what is sent behind it')
    .action(async (address, port, text, options) =>
      exit(await (await import('./message.ts')).message(address, port, text, options)),
    );
  client('udp-echo', 'a datagram to an echo server, three times at most')
    .argument('[text...]', 'what is in it')
    .action(async (address, port, text, options) =>
      exit(await (await import('./udp-echo.ts')).echo(address, port, text, options)),
    );
}
