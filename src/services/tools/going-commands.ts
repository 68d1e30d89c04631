/** Commands that send something: ping, traceroute, nc, get. */
import type { Micros } from '../../stack/index.ts';
import { decodeUtf8, encodeUtf8, SECOND, SocketError, TcpError, UdpError } from '../../stack/index.ts';
import type { PingResult } from '../ping.ts';
import { ping } from '../ping.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { ToolCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { getPage, parseUrl } from './get.ts';
import { answerTcp, exchangeTcp, exchangeUdp } from './nc.ts';
import { formatPing, formatPingSummary } from './ping-text.ts';
import type { ToolHost } from './tool-host.ts';
import { addressOf, named, pause } from './tool-host.ts';
import { traceroute } from './traceroute.ts';
import { formatHop } from './traceroute-text.ts';
import type { Arguments } from './words.ts';
import { portOf } from './words.ts';

const COUNT = { flag: '-c', value: 'COUNT', from: 1, to: 1000 };
const SECONDS = { value: 'SECONDS', from: 0.001, to: 3600 };

/** A number of seconds in microseconds; undefined where the option was not given. */
const timeOf = ({ options }: Arguments, flag: string): Micros | undefined => {
  const seconds = options.get(flag);
  return seconds === undefined ? undefined : Math.round(seconds * SECOND);
};

/** @throws CommandError unless there is exactly one */
function onlyWord(command: string, { words }: Arguments, what: string): string {
  const [word, ...rest] = words;
  if (word === undefined || rest.length > 0) throw new CommandError(`${command} wants ${what}: "${command} 10.0.0.1"`);
  return word;
}

async function runPing(host: ToolHost, given: Arguments): Promise<string> {
  const target = await addressOf(host, onlyWord('ping', given, 'one host'));
  const { options } = given;
  const [count, size, ttl] = [options.get('-c') ?? 4, options.get('-s') ?? 56, options.get('-t')];
  const results: PingResult[] = [];
  const clock = { now: host.time.now, sleep: (time: Micros) => pause(host.time, time) };
  const timing = { interval: timeOf(given, '-i') ?? SECOND, timeout: timeOf(given, '-W') ?? SECOND };
  const wishes = { ...clock, ...timing, count, size, ...(ttl === undefined ? {} : { ttl }) };
  for await (const result of ping(host.stack, target, wishes)) results.push(result);
  return [`PING ${named(host, target)}: ${size} bytes of data`, ...results.map(formatPing), formatPingSummary(results)].join(
    '\n',
  );
}

async function runTraceroute(host: ToolHost, given: Arguments): Promise<string> {
  const target = await addressOf(host, onlyWord('traceroute', given, 'one host'));
  const { options } = given;
  const [maxHops, queries] = [options.get('-m') ?? 30, options.get('-q') ?? 3];
  const lines = [`traceroute to ${named(host, target)}, ${maxHops} hops at most`];
  const timeout = timeOf(given, '-w') ?? SECOND;
  const wishes = { maxHops, queries, timeout, icmp: options.has('-I') };
  for await (const hop of traceroute(host, target, wishes)) lines.push(formatHop(host, hop));
  return lines.join('\n');
}

async function runNc(host: ToolHost, given: Arguments): Promise<string> {
  const { options, words } = given;
  const patience = timeOf(given, '-w') ?? 5 * SECOND;
  if (options.has('-l')) {
    const [port, ...text] = words;
    const heard = await answerTcp(host, portOf(port), lineOf(text), { patience });
    return heard === undefined ? 'nobody called' : shown(heard);
  }
  const [name, port, ...text] = words;
  if (name === undefined) throw new CommandError('nc wants a host, a port and a text: "nc 10.0.0.1 7 hello"');
  const to = { address: await addressOf(host, name), port: portOf(port) };
  if (!options.has('-u')) return shown(await exchangeTcp(host, to, lineOf(text), { patience }));
  const answer = await exchangeUdp(host, to, lineOf(text), { patience });
  return answer === undefined ? 'no answer' : shown(answer);
}

/** As typed, with the end of its line; no words are no line. */
const lineOf = (words: readonly string[]): Uint8Array => encodeUtf8(words.length === 0 ? '' : `${words.join(' ')}\n`);

const shown = (bytes: Uint8Array): string => decodeUtf8(bytes).replace(/\r?\n$/, '');

async function runGet(host: ToolHost, given: Arguments): Promise<string> {
  const target = parseUrl(onlyWord('get', given, 'the address of a page'));
  const { minor, status, reason, fields, body } = await getPage(host, target);
  const head = [`HTTP/1.${minor} ${status} ${reason}`, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''];
  return `${given.options.has('-i') ? head.join('\n') : ''}${shown(body)}`;
}

/** What the network did is what a terminal would show; what the person wrote wrong is thrown. */
const telling =
  (run: ToolCommand['run']): ToolCommand['run'] =>
  async (host, given) => {
    try {
      return await run(host, given);
    } catch (error) {
      if (isOfTheNetwork(error)) return error.message;
      if (error instanceof RangeError) throw new CommandError(error.message);
      throw error;
    }
  };

const isOfTheNetwork = (error: unknown): error is Error =>
  error instanceof SocketError || error instanceof TcpError || error instanceof UdpError || error instanceof PeerFault;

export const GOING_COMMANDS: readonly ToolCommand[] = [
  {
    name: 'ping',
    usage: '[-c COUNT] [-i SECONDS] [-s BYTES] [-t TTL] [-W SECONDS] HOST',
    summary: 'is it there, and how long does the way take?',
    options: [
      COUNT,
      { flag: '-i', ...SECONDS },
      { flag: '-W', ...SECONDS },
      { flag: '-s', value: 'BYTES', from: 0, to: 65_507 },
      { flag: '-t', value: 'TTL', from: 1, to: 255 },
    ],
    run: telling(runPing),
  },
  {
    name: 'traceroute',
    usage: '[-I] [-m HOPS] [-q PROBES] [-w SECONDS] HOST',
    summary: 'the routers on the way; -I by ICMP echo instead of UDP',
    options: [
      { flag: '-I' },
      { flag: '-n' },
      { flag: '-m', value: 'HOPS', from: 1, to: 255 },
      { flag: '-q', value: 'PROBES', from: 1, to: 10 },
      { flag: '-w', ...SECONDS },
    ],
    run: telling(runTraceroute),
  },
  {
    name: 'nc',
    usage: '[-u] [-w SECONDS] HOST PORT [TEXT...]   or   -l [-w SECONDS] PORT [TEXT...]',
    summary: 'sends a text and shows what comes back; -u by UDP, -l waits for one caller',
    options: [{ flag: '-u' }, { flag: '-l' }, { flag: '-w', ...SECONDS }],
    run: telling(runNc),
  },
  {
    name: 'get',
    usage: '[-i] URL',
    summary: 'fetches a page by HTTP; -i with its head',
    options: [{ flag: '-i' }],
    run: telling(runGet),
  },
];
