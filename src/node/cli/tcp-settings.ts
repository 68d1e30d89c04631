/** `--tcp sack=off,ackDelay=0`: the options of TCP by their names in options.ts, each value checked in the words of its kind. */
import { InvalidArgumentError } from 'commander';
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { DEFAULTS } from '../../stack/tcp/options.ts';
import * as parse from './parse.ts';

type Name = keyof TcpOptions;
type Settings = Partial<TcpOptions>;

/** Numbers that are times; the other numbers are counts and bytes. */
const TIMES: ReadonlySet<string> = new Set<Name>([
  'ackDelay',
  'challengeInterval',
  'deferAccept',
  'fastOpenBackOff',
  'finWait2',
  'fixedRto',
  'initialRto',
  'keepAliveIdle',
  'keepAliveInterval',
  'maxRto',
  'minRto',
  'mtuProbeInterval',
  'orphanTimeout',
  'r2',
  'r2Syn',
  'rtoSlop',
  'timeWait',
  'userTimeout',
]);

/** The options that are one of several words. */
type Chosen = { [K in Name]: TcpOptions[K] extends string ? K : never }[Name];

const CHOICES: { readonly [K in Chosen]: readonly TcpOptions[K][] } = {
  ackPolicy: ['usual', 'linux'],
  backlogRule: ['shared', 'linux', 'freebsd'],
  congestionControl: ['cubic', 'reno', 'unlimited'],
  ecn: ['off', 'passive', 'on'],
  idleRestart: ['initial window', 'halve', 'none'],
  minRtoBounds: ['timeout', 'variance'],
  mtuProbing: ['off', 'blackhole', 'always'],
  nagle: ['classic', 'minshall', 'call'],
  prr: ['sack', 'always', 'never'],
  push: ['buffer', 'write'],
  receiveWindow: ['buffer', 'linux'],
  reduceFrom: ['flight', 'window'],
  windowProbe: ['octet', 'old number'],
};

const SWITCH: Readonly<Record<string, boolean>> = { on: true, off: false, true: true, false: false };

/** Bounds beyond which a machine could not begin, or an octet would not hold the value. */
const RANGES: Readonly<Partial<Record<Name, readonly [number, number]>>> = {
  initialSequence: [0, 0xffff_ffff],
  ttl: [1, 255],
  trafficClass: [0, 255],
  receiveBuffer: [1, 2 ** 30],
  maxReceiveBuffer: [1, 2 ** 30],
  sendBuffer: [1, 2 ** 30],
  maxSendBuffer: [1, 2 ** 30],
};
const MOST = 0x7fff_ffff;

/** @param before what earlier `--tcp` on the same line said @throws InvalidArgumentError that says what would be right */
export function tcpSettings(text: string, before: Settings = {}): Settings {
  const pairs = text.split(',').map((part): [string, unknown] => {
    const at = part.indexOf('=');
    if (at < 1) throw new InvalidArgumentError('an option of TCP is written NAME=VALUE, such as sack=off,ackDelay=0');
    const name = part.slice(0, at).trim();
    return [name, settingOf(name, part.slice(at + 1).trim())];
  });
  return { ...before, ...Object.fromEntries(pairs) };
}

function settingOf(name: string, text: string): unknown {
  if (!isName(name))
    throw new InvalidArgumentError(`TCP has no option "${name}"; it has ${Object.keys(DEFAULTS).sort().join(', ')}`);
  const choices = (CHOICES as Partial<Record<Name, readonly string[]>>)[name];
  if (choices !== undefined) return choice(name, text, choices);
  if (typeof DEFAULTS[name] === 'boolean') return SWITCH[text] ?? refuse(name, 'is on or off');
  if (typeof DEFAULTS[name] !== 'number') return refuse(name, 'cannot be set here');
  return TIMES.has(name) ? time(name, text) : whole(name, text);
}

const isName = (name: string): name is Name => Object.hasOwn(DEFAULTS, name);

function choice(name: Name, text: string, choices: readonly string[]): string {
  const found = choices.find((one) => one === text.replaceAll('-', ' '));
  return found ?? refuse(name, `is ${choices.map((one) => one.replaceAll(' ', '-')).join(', ')}`);
}

function time(name: Name, text: string): number {
  try {
    return parse.duration(text);
  } catch {
    return refuse(name, 'is a time such as 20ms, 1.5s or 300us');
  }
}

function whole(name: Name, text: string): number {
  const [least, most] = RANGES[name] ?? [0, MOST];
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : refuse(name, `is a whole number from ${least} to ${most}`);
}

function refuse(name: string, rule: string): never {
  throw new InvalidArgumentError(`${name} ${rule}`);
}
