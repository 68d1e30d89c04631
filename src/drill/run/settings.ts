/** The `--name=value` lines of a script, over packetdrill's defaults. */
import type { Micros } from '../../stack/time.ts';
import { MILLISECOND } from '../../stack/time.ts';
import { parseV4 } from '../../stack/wire/ip-address.ts';
import type { ScriptOption } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';

export interface ScriptSettings {
  readonly tolerance: Micros;
  readonly mtu: number;
  readonly localAddress: number;
  readonly remoteAddress: number;
  readonly bindPort: number;
  readonly connectPort: number;
  readonly strictSegments: boolean;
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
  'non_fatal',
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
  };
}

const NUMBERS = { tolerance_usecs: DEFAULT_TOLERANCE, mtu: 1500, bind_port: DEFAULT_PORT, connect_port: DEFAULT_PORT } as const;

function address(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const word = parseV4(text.replace(/\/\d+$/, ''));
  if (word === undefined) throw new Unsupported(`the address "${text}"`);
  return word;
}
