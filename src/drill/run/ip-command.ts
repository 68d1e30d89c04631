/** `ip route`, `ip link` and `ifconfig` in a script: what a route and its device say about the one path that there is. */
import type { Sut } from '../sut/sut.ts';
import { Unsupported } from '../unsupported.ts';

/** Attributes of `ip route` that choose the way: there is only one. Each has a value. */
const OF_THE_WAY = new Set(['dev', 'via', 'proto', 'protocol', 'src', 'scope', 'metric', 'table']);
/** Attributes without a value. */
const FLAGS = new Set(['onlink', 'unicast']);
const HARMLESS_OF_LINK =
  /^(?:up|txqueuelen \d+|qlen \d+|gso_max_(?:size|segs) \d+|gro_max_size \d+|gso_ipv4_max_size \d+|gro_ipv4_max_size \d+)$/;

const ROUTE = /^(?:\/s?bin\/)?ip (?:-[46] |-o )*r(?:o|oute)? (?:add|append|change|chg|replace|prepend) (.+)$/;
const LINK = /^(?:\/s?bin\/)?ip (?:-[46] )*l(?:i|ink)? set (?:dev )?\S+ (.+)$/;
const IFCONFIG = /^ifconfig tun\d+ (mtu \d+|up)$/;

/**
 * @returns false when it is none of these commands
 * @throws Unsupported
 */
export function ipCommand(command: string, sut: Sut): boolean {
  const route = ROUTE.exec(command)?.[1];
  if (route !== undefined) setRoute(route.split(/\s+/), command, sut);
  const link = (LINK.exec(command) ?? IFCONFIG.exec(command))?.[1];
  if (link !== undefined) setLink(link, command, sut);
  return route !== undefined || link !== undefined;
}

/** What ip(8) calls a destination, then names with values. */
function setRoute(words: readonly string[], command: string, sut: Sut): void {
  const rest = words.filter((word) => !FLAGS.has(word) && word !== 'lock');
  if (!/^(?:default|[\d.]+(?:\/\d+)?)$/.test(rest[0] ?? '')) throw new Unsupported(`the destination in "${command}"`);
  for (let i = 1; i < rest.length; i += 2) {
    const [name = '', value] = rest.slice(i);
    if (value === undefined) throw new Unsupported(`"${name}" without a value in "${command}"`);
    if (OF_THE_WAY.has(name)) continue;
    sut.knob(name === 'mtu' ? 'link.mtu' : `route.${name}`, value);
  }
}

function setLink(settings: string, command: string, sut: Sut): void {
  for (const setting of settings.match(/(?:\w+ \d+|\w+)(?=\s|$)/g) ?? []) {
    const mtu = /^mtu (\d+)$/.exec(setting)?.[1];
    if (mtu !== undefined) sut.knob('link.mtu', mtu);
    else if (!HARMLESS_OF_LINK.test(setting)) throw new Unsupported(`"${setting}" in "${command}"`);
  }
}
