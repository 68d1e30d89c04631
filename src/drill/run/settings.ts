/** The `--name=value` lines of a script, over packetdrill's defaults. */
import type { Micros } from '../../stack/time.ts';
import { MILLISECOND } from '../../stack/time.ts';
import { parseV4 } from '../../stack/wire/ip-address.ts';
import type { Action, ScriptOption } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';

export interface ScriptSettings {
  readonly tolerance: Micros;
  readonly mtu: number;
  readonly localAddress: number;
  readonly remoteAddress: number;
  readonly bindPort: number;
  readonly connectPort: number;
  readonly strictSegments: boolean;
  /** --tcp_ts_tick_usecs: values of outbound timestamps are compared, in ticks of this length; 0: they are not. */
  readonly timestampTick: Micros;
  /** --tcp_ts_ecr_scaled: echoes count from the first timestamp, and need not repeat one that the script has shown. */
  readonly scalesEchoes: boolean;
  /** --non_fatal=packet,syscall: such a fault is a warning and the script goes on. */
  readonly forgives: ReadonlySet<Action['kind']>;
}

const DEFAULT_TOLERANCE: Micros = 4 * MILLISECOND;
const DEFAULT_LOCAL = 0xc0a8_0001 | 0; // 192.168.0.1
const DEFAULT_REMOTE = 0xc000_0201 | 0; // 192.0.2.1
const DEFAULT_PORT = 8080;

/** Options that have no meaning here: everything runs in memory and in virtual time. */
const WITHOUT_EFFECT = new Set([
  'define',
  'dry_run',
  'verbose',
  'debug',
  'speed',
  'send_omit_free',
  'code',
  'mss', // of the original's bookkeeping for cards that cut segments
  'send_no_rst',
  'no_cleanup',
  'persistent_tun_dev',
  'tun_dev',
  'code_command',
  'code_format',
  'code_sockopt',
  'fm_filter',
  'live_gateway_ip',
  'local_netmask_ip',
  'netmask_ip',
  'gateway_ip',
]);

/** @throws Unsupported */
export function settingsOf(options: readonly ScriptOption[]): ScriptSettings {
  const given = new Map(options.map(({ name, value }) => [name, value ?? '']));
  const version = given.get('ip_version') ?? 'ipv4';
  if (version !== 'ipv4') throw new Unsupported(`--ip_version=${version}: the stack has no IPv6 yet`);
  const known = new Set([
    ...Object.keys(NUMBERS),
    'ip_version',
    'local_ip',
    'remote_ip',
    'strict_segments',
    'tcp_ts_ecr_scaled',
    'non_fatal',
    'init_scripts',
    ...WITHOUT_EFFECT,
  ]);
  const initial = given.get('init_scripts') ?? 'defaults.sh';
  if (!/(?:^|\/)defaults\.sh$/.test(initial)) throw new Unsupported(`--init_scripts=${initial}`);
  for (const name of given.keys()) if (!known.has(name)) throw new Unsupported(`the option --${name}`);
  const number = (name: keyof typeof NUMBERS): number => {
    const value = Number(given.get(name) ?? NUMBERS[name]);
    if (!Number.isInteger(value) || value < 0) throw new Unsupported(`--${name}=${given.get(name)}`);
    return value;
  };
  return {
    tolerance: Math.max(number('tolerance_usecs'), DEFAULT_TOLERANCE),
    mtu: number('mtu'),
    localAddress: address(given.get('local_ip'), DEFAULT_LOCAL),
    remoteAddress: address(given.get('remote_ip'), DEFAULT_REMOTE),
    bindPort: number('bind_port'),
    connectPort: number('connect_port'),
    strictSegments: given.has('strict_segments'),
    timestampTick: number('tcp_ts_tick_usecs'),
    scalesEchoes: given.has('tcp_ts_ecr_scaled'),
    forgives: forgiven(given.get('non_fatal')),
  };
}

const NUMBERS = {
  tolerance_usecs: DEFAULT_TOLERANCE,
  tcp_ts_tick_usecs: 0,
  mtu: 1500,
  bind_port: DEFAULT_PORT,
  connect_port: DEFAULT_PORT,
} as const;

const FORGIVABLE: Readonly<Record<string, Action['kind']>> = { packet: 'packet', syscall: 'call' };

function forgiven(list: string | undefined): ReadonlySet<Action['kind']> {
  const kinds = new Set<Action['kind']>();
  for (const word of list?.split(',') ?? []) {
    const kind = FORGIVABLE[word.trim()];
    if (kind === undefined) throw new Unsupported(`--non_fatal=${list}: packet, syscall or both`);
    kinds.add(kind);
  }
  return kinds;
}

function address(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const word = parseV4(text.replace(/\/\d+$/, ''));
  if (word === undefined) throw new Unsupported(`the address "${text}"`);
  return word;
}
