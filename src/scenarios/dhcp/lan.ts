/** The network of the stories of this folder: hosts on a switch with a server, and what is said by DHCP. */
import { dissect } from '../../capture/dissect/dissect.ts';
import type { Dhcp } from '../../capture/dissect/dissect-dhcp.ts';
import { dhcpMessageName } from '../../capture/dissect/names.ts';
import type { CableOptions, NetHost, NetSwitch } from '../../lab/index.ts';
import type { Obtained, ObtainOptions } from '../../lab/network/host-services.ts';
import type { PoolOptions } from '../../services/dhcp/index.ts';
import type { Stage } from '../stage.ts';

/** Of the network 192.168.1.0/24. */
export const POOL: PoolOptions = {
  network: '192.168.1.0/24',
  range: '192.168.1.100-192.168.1.199',
  router: '192.168.1.1',
  dns: ['192.168.1.1'],
  domain: 'lan.example',
};

/** Of the first host without an address. */
export const MAC = '02:00:00:00:00:01';

export interface Lan {
  readonly sw: NetSwitch;
  /** 192.168.1.1; it serves nothing yet. */
  readonly server: NetHost;
  /** Without addresses: pc1, pc2, … */
  readonly clients: readonly NetHost[];
}

/**
 * @param count of hosts without an address
 * @param free ports for others
 * @param toServer the cable of the server
 */
export function lan({ network: net }: Stage, count: number, free = 0, toServer: CableOptions = {}): Lan {
  const clients = Array.from({ length: count }, (_, index) => net.host(`pc${index + 1}`));
  const sw = net.switch('s1', { ports: count + 1 + free });
  const server = net.host('server', { address: '192.168.1.1/24' });
  for (const host of clients) net.cable(host, sw);
  net.cable(server, sw, toServer);
  return { sw, server, clients };
}

/** Asks for an address and waits for it; from then on the host is known by it. */
export async function obtain(stage: Stage, host: NetHost, options: ObtainOptions = {}): Promise<Obtained> {
  const obtained = await host.obtainAddress(options);
  if (obtained.lease !== undefined) stage.names.set(`${obtained.lease.address}`, host.name);
  return obtained;
}

/** The messages of DHCP on the cables of one network, each once and in order: "discover", "offer 192.168.1.100". */
export function saidByDhcp(stage: Stage, mac: string): string[] {
  const said: string[] = [];
  const seen = new Set<string>();
  for (const { packet } of stage.sights()) {
    const { application } = packet;
    if (application?.kind !== 'dhcp' || application.clientMac !== mac) continue;
    const words = phrase(application);
    const key = `${application.transactionId} ${words}`;
    if (!seen.has(key)) said.push(words);
    seen.add(key);
  }
  return said;
}

/** The messages of DHCP at a host's end of its cable, in order, whoever they are for. */
export function heardByDhcp({ recording }: Stage, { name }: NetHost): string[] {
  const id = recording.interfaces.findIndex((one) => one.name === name);
  return recording.frames.flatMap(({ interfaceId, bytes }) => {
    const { application } = dissect(bytes);
    return interfaceId === id && application?.kind === 'dhcp' ? [phrase(application)] : [];
  });
}

const phrase = ({ messageType, yourIp }: Dhcp): string =>
  `${dhcpMessageName(messageType)}${yourIp === '0.0.0.0' ? '' : ` ${yourIp}`}`;
