/** Shell commands: a list of known ones. Nothing is ever executed; what is not known is unsupported. */
import type { Micros } from '../../stack/time.ts';
import { SECOND } from '../../stack/time.ts';
import type { Sut } from '../sut/sut.ts';
import { Unsupported } from '../unsupported.ts';
import { ipCommand } from './ip-command.ts';
import { Failed } from './verdict.ts';

/** Commands that change nothing a stack in virtual time would notice. */
const HARMLESS: readonly RegExp[] = [
  // queues that only keep an order: nothing waits in them here
  /^tc (?:-s )?qdisc (?:show|list|ls|del|delete)\b/,
  /^tc qdisc (?:add|replace|change) dev \S+ (?:root|parent \S+)(?: handle \S+)? (?:[pb]fifo|pfifo_fast|fq|fq_codel|sfq|mq|noqueue)(?! .*(?:maxrate|ce_threshold))(?: [\w.:]+)*$/,
  /^ethtool -K\b/,
  /^ip tcp_metrics flush\b/,
  /^ip (?:-[46] )?ro(?:ute)? (?:flush cache|show|get)\b/,
  /^(?:true|:|sync|wait)$/,
  /^(?:echo|printf)\b[^|&;<>`$]*$/,
  /^(?:set|ulimit)\b[^|&;<>`$]*$/,
  /^(?:mod|kld)(?:probe|load)\b/,
  /^ifconfig tun\d+ -?(?:txcsum|rxcsum|tso|lro)$/,
  /^(?:nstat|netstat|ss)\b[^|]*$/,
];

/** Why some that are well known cannot be had. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^tc\b/, 'the path of a script has no delay, loss or rate of its own'],
  [/\b(?:nstat|netstat|ss)\b.*\||\/proc\/net\//, 'the counters of a kernel are not kept'],
];

export interface Shell {
  readonly sut: Sut;
  /** A command that takes its time. */
  wait(duration: Micros): void;
}

/** @throws Unsupported, or Failed when the command itself would have failed */
export function runCommand(text: string, shell: Shell): void {
  for (const command of text.replace(/\\\r?\n/g, ' ').split(/\r?\n|;|&&/))
    runOne(command.replace(/(^|\s)#.*$/, '').trim(), shell);
}

function runOne(command: string, shell: Shell): void {
  const { sut } = shell;
  const plain = command.replace(/\s*(?:[12&]?>\s*\/dev\/null|2>&1)\s*/g, ' ').trim();
  const asleep = /^(u?sleep) ([\d.]+)s?$/.exec(plain);
  if (plain === '' || HARMLESS.some((pattern) => pattern.test(plain)) || ipCommand(plain, sut)) return;
  if (asleep !== null) shell.wait(Math.round(Number(asleep[2]) * (asleep[1] === 'sleep' ? SECOND : 1)));
  else if (/(?:^|[/.\s])(?:defaults\.sh|sysctl_restore(?:_\$\{?PPID\}?)?(?:\.sh)?)$/.test(plain)) sut.resetKnobs();
  else if (/^(?:\/sbin\/|sudo )?sysctl\s/.test(plain)) sysctl(plain, sut);
  else if (/^(?:python3? )?(?:\S*\/)?set_sysctls\.py\s/.test(plain))
    assign(plain.replace(/^.*?set_sysctls\.py\s/, ''), plain, sut);
  else if (/^echo\s.*>\s*\/proc\/sys\//.test(plain)) echo(plain, sut);
  else if (/^sockstat\s/.test(plain)) sockstat(plain, sut);
  else if (/^tcpdrop\s/.test(plain)) tcpdrop(plain, sut);
  else throw new Unsupported(`the command "${plain}"${reason(plain)}`);
}

function reason(command: string): string {
  const why = REFUSED.find(([pattern]) => pattern.test(command))?.[1];
  return why === undefined ? '' : `: ${why}`;
}

/** `set_sysctls.py /proc/sys/net/ipv4/tcp_x=1 ...`: only assignments. */
function assign(rest: string, command: string, sut: Sut): void {
  const assignments = [...rest.matchAll(ASSIGNMENT)];
  if (assignments.length === 0 || rest.replace(ASSIGNMENT, '').trim() !== '') throw new Unsupported(`the command "${command}"`);
  for (const [, name = '', double, single, bare] of assignments) sut.knob(name, double ?? single ?? bare ?? '');
}

/** `echo 1 > /proc/sys/net/ipv4/tcp_x`. */
function echo(command: string, sut: Sut): void {
  const match = /^echo\s+(?:-n\s+)?"?([^">]*?)"?\s*>\s*(\/proc\/sys\/[\w./-]+)$/.exec(command);
  if (match?.[2] === undefined) throw new Unsupported(`the command "${command}"`);
  sut.knob(match[2], match[1] ?? '');
}

const ASSIGNMENT = /([\w./-]+)=(?:"([^"]*)"|'([^']*)'|(\S+))/g;
const READING = /^(?:\/sbin\/|sudo )?sysctl(?:\s+-[a-zA-Z]+)*\s+[\w./-]+$/;

function sysctl(command: string, sut: Sut): void {
  const assignments = [...command.matchAll(ASSIGNMENT)];
  const rest = command.replace(ASSIGNMENT, '').trim();
  if (READING.test(command)) return;
  if (assignments.length === 0 || !/^(?:\/sbin\/|sudo )?sysctl(?:\s+-[a-zA-Z]+)*$/.test(rest))
    throw new Unsupported(`the command "${command}"`);
  for (const [, name = '', double, single, bare] of assignments) sut.knob(name, double ?? single ?? bare ?? '');
}

/** `sockstat ... | grep -c STATE | grep N`: so many sockets are in that state. Options may name a port. */
function sockstat(command: string, sut: Sut): void {
  const match = /^sockstat\s+([^|]*)\|(?:[^|]*\|)??\s*grep\s+-c\s+(\w+)\s*\|\s*grep\s+(?:-\w+\s+)?(\d+)$/.exec(command);
  if (match === null) throw new Unsupported(`the command "${command}"`);
  const [, options = '', state = '', count = ''] = match;
  const port = /-p\s+(\d+)/.exec(options)?.[1];
  const sockets = sut.states().filter((socket) => socket.state === state);
  const here = sockets.filter((socket) => port === undefined || [socket.localPort, socket.remotePort].includes(Number(port)));
  if (here.length !== Number(count)) throw new Failed(`sockets in ${state}`, count, String(here.length));
}

/** `tcpdrop -s STATE` or `tcpdrop -a`. */
function tcpdrop(command: string, sut: Sut): void {
  const state = /^tcpdrop(?:\s+-[al])*\s+-s\s+(\w+)$/.exec(command)?.[1];
  if (state === undefined && !/^tcpdrop\s+-a$/.test(command)) throw new Unsupported(`the command "${command}"`);
  sut.drop(state);
}
