/** DHCP beside a stack on a TAP: it asks for its address, or gives Linux one. */
import type { ClientEvent, ClientLease, ServerEvent } from '../../services/dhcp/index.ts';
import { DhcpClient, DhcpServer } from '../../services/dhcp/index.ts';
import type { ProbeTimes } from '../../stack/index.ts';
import { MILLISECOND } from '../../stack/index.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import { SecureRandom } from '../secure-random.ts';
import type { TapHost } from '../tap-host.ts';
import { poolOf } from './check-dhcp.ts';
import type { DhcpOptions } from './dhcp-options.ts';

type Print = (line: string) => void;

/** RFC 5227 §1.1 lets a fast link be probed in a shorter time; a TAP has two stations, and both answer at once. */
const ON_A_TAP: ProbeTimes = {
  wait: 0,
  count: 2,
  min: 100 * MILLISECOND,
  max: 100 * MILLISECOND,
  announceWait: 200 * MILLISECOND,
};

/** Starts what the options ask for. @returns ends it: the address is given back */
export function startDhcp({ stack, clock }: TapHost, options: DhcpOptions & { readonly ip: string }, print: Print) {
  const time = hostTimekeeper(clock);
  if (options.dhcpServer !== undefined) {
    const onEvent = (event: ServerEvent): void => print(serverLine(event));
    const server = new DhcpServer(stack, { time, pools: [poolOf(options)], authoritative: true, onEvent });
    return async (): Promise<void> => server.close();
  }
  const [own] = stack.interfaces.values();
  if (options.dhcp !== true || own === undefined) return async (): Promise<void> => {};
  const onEvent = (event: ClientEvent): void => {
    for (const line of clientLines(event)) print(line);
  };
  const random = new SecureRandom();
  const client = new DhcpClient({
    stack,
    interface: own,
    time,
    random,
    hostName: 'tapstack',
    conflictCheck: ON_A_TAP,
    onEvent,
  });
  return (): Promise<void> => client.close();
}

const serverLine = ({ kind, mac, words }: ServerEvent): string =>
  `dhcp: ${kind === 'dropped' ? `not answered: ${words}` : words}${mac === '' ? '' : ` (${mac})`}`;

function clientLines({ kind, words, lease }: ClientEvent): string[] {
  if (kind === 'state') return [];
  return [`dhcp: ${words}${kind === 'bound' && lease !== undefined ? alsoTold(lease) : ''}`];
}

function alsoTold({ prefix, routers, dns, domain }: ClientLease): string {
  const told = [
    `network ${prefix}`,
    ...(routers.length > 0 ? [`router ${routers[0]}`] : []),
    ...(dns.length > 0 ? [`DNS ${dns.join(', ')}`] : []),
    ...(domain === undefined ? [] : [`domain ${domain}`]),
  ];
  return `; ${told.join(', ')}`;
}
