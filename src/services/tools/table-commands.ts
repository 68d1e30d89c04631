/** Commands that show what a host knows: arp, ip, route, ifconfig, ss. */
import { arpTable, formatArp } from './arp-table.ts';
import type { ToolCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { formatIfconfig, formatIpAddr, interfaceTable } from './interfaces.ts';
import { formatIpRoute, formatRoute, routeTable } from './routes.ts';
import { formatSockets, socketTable } from './sockets.ts';
import type { ToolHost } from './tool-host.ts';

const arpText = ({ stack, time }: ToolHost): string => formatArp(arpTable(stack, time.now()));

const IP: Readonly<Record<string, (host: ToolHost) => string>> = {
  addr: ({ stack }) => formatIpAddr(interfaceTable(stack)),
  route: ({ stack }) => formatIpRoute(routeTable(stack)),
  neigh: arpText,
};

/** A word may be written in full, and shorter where that is usual. */
const IP_WORDS: Readonly<Record<string, string>> = {
  a: 'addr',
  addr: 'addr',
  address: 'addr',
  r: 'route',
  route: 'route',
  n: 'neigh',
  neigh: 'neigh',
  neighbor: 'neigh',
};

export const TABLE_COMMANDS: readonly ToolCommand[] = [
  {
    name: 'arp',
    usage: '-a',
    summary: 'the neighbours: address, Ethernet address, state, age',
    options: [{ flag: '-a' }, { flag: '-n' }],
    run: async (host) => arpText(host),
  },
  {
    name: 'ip',
    usage: 'addr | route | neigh',
    summary: 'addresses, routes or neighbours',
    options: [],
    async run(host, { words: [what = 'nothing'] }) {
      const show = IP[IP_WORDS[what] ?? ''];
      if (show === undefined) throw new CommandError(`ip shows addr, route or neigh, not ${what}`);
      return show(host);
    },
  },
  {
    name: 'route',
    usage: '-n',
    summary: 'the routes, in the columns of old',
    options: [{ flag: '-n' }],
    run: async ({ stack }) => formatRoute(routeTable(stack)),
  },
  {
    name: 'ifconfig',
    usage: '',
    summary: 'the interfaces with their addresses',
    options: [{ flag: '-a' }],
    run: async ({ stack }) => formatIfconfig(interfaceTable(stack)),
  },
  {
    name: 'ss',
    usage: '[-t] [-u] [-l]',
    summary: 'sockets: listeners, connections with their states and queues, UDP',
    options: [{ flag: '-t' }, { flag: '-u' }, { flag: '-l' }, { flag: '-a' }, { flag: '-n' }],
    async run({ stack }, { options }) {
      const all = !options.has('-t') && !options.has('-u');
      const shown = socketTable(stack).filter(
        ({ protocol, state }) =>
          (all || options.has(protocol === 'tcp' ? '-t' : '-u')) &&
          (!options.has('-l') || state === 'LISTEN' || state === 'UNCONNECTED'),
      );
      return formatSockets(shown);
    },
  },
];
