/** Shell commands: a list of known ones. Nothing is ever executed; what is not known is unsupported. */
import type { Sut } from '../sut/sut.ts';
import { Unsupported } from '../unsupported.ts';
import { Failed } from './verdict.ts';

/** Commands that change nothing a stack in virtual time would notice. */
const HARMLESS: readonly RegExp[] = [
  /^tc qdisc\b/,
  /^ethtool -K\b/,
  /^ip tcp_metrics flush\b/,
  /^(?:true|:|sync)$/,
  /^(?:sleep|usleep) [\d.]+$/,
  /^echo\b[^|&;<>`$]*$/,
  /^kldload\b/,
  /^ifconfig tun\d+ -?(?:txcsum|rxcsum|tso|lro)$/,
];

/** @throws Unsupported, or Failed when the command itself would have failed */
export function runCommand(text: string, sut: Sut): void {
  for (const command of text.replace(/\\\n/g, ' ').split(/\n|;|&&/)) runOne(command.replace(/(^|\s)#.*$/, '').trim(), sut);
}

function runOne(command: string, sut: Sut): void {
  const plain = command.replace(/\s*(?:[12]?>\s*\/dev\/null|2>&1)\s*/g, ' ').trim();
  if (plain === '' || HARMLESS.some((pattern) => pattern.test(plain))) return;
  if (/(?:^|[/.\s])(?:defaults\.sh|sysctl_restore(?:\.sh)?)$/.test(plain)) sut.resetKnobs();
  else if (/^(?:\/sbin\/)?sysctl\s/.test(plain)) sysctl(plain, sut);
  else if (/^sockstat\s/.test(plain)) sockstat(plain, sut);
  else if (/^tcpdrop\s/.test(plain)) tcpdrop(plain, sut);
  else throw new Unsupported(`the command "${plain}"`);
}

const ASSIGNMENT = /([\w./-]+)=(?:"([^"]*)"|'([^']*)'|(\S+))/g;
const READING = /^(?:\/sbin\/)?sysctl(?:\s+-[a-zA-Z]+)*\s+[\w./-]+$/;

function sysctl(command: string, sut: Sut): void {
  const assignments = [...command.matchAll(ASSIGNMENT)];
  const rest = command.replace(ASSIGNMENT, '').trim();
  if (READING.test(command)) return;
  if (assignments.length === 0 || !/^(?:\/sbin\/)?sysctl(?:\s+-[a-zA-Z]+)*$/.test(rest))
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
