/** What cannot work in a network as it is drawn, in words that name the devices. */

import { formatV4 } from '../../stack/index.ts';
import type { InterfaceAddress } from '../../stack/ip/prefix.ts';
import { NetHost } from './net-host.ts';
import type { Network } from './network.ts';
import type { Port } from './port.ts';
import { segmentsOf } from './segments.ts';

/** A port with addresses on a link. */
interface Place {
  readonly host: NetHost;
  readonly port: Port;
  readonly own: readonly InterfaceAddress[];
}

/** One line for each; empty when all is well. */
export function problemsOf(net: Network): string[] {
  return [...loose(net), ...segmentsOf(net).flatMap((ports) => problemsOfSegment(placesOf(net, ports)))];
}

/** Devices without any cable. */
const loose = (net: Network): string[] =>
  net
    .nodes()
    .filter(({ ports }) => ports.length > 0 && !ports.some((port) => port.isPlugged))
    .map(({ name }) => `${name} has no cable`);

function placesOf(net: Network, ports: readonly Port[]): Place[] {
  return ports.flatMap((port) => {
    const host = net.node(port.node);
    if (!(host instanceof NetHost)) return [];
    const id = host.ports.indexOf(port) + 1;
    return [{ host, port, own: host.stack.addresses.list().filter(({ interfaceId }) => interfaceId === id) }];
  });
}

function problemsOfSegment(places: readonly Place[]): string[] {
  const addressed = places.filter(({ own }) => own.length > 0);
  return [...twice(addressed), ...strangers(addressed), ...addressed.flatMap((place) => gatewayProblems(place, places))];
}

function twice(places: readonly Place[]): string[] {
  const problems: string[] = [];
  const owners = new Map<string, string>();
  for (const { host, port, own } of places) {
    for (const text of [...own.map(({ address }) => formatV4(address)), macOf(host, port)]) {
      const other = owners.get(text);
      if (other === undefined) owners.set(text, host.name);
      else problems.push(`${other} and ${host.name} have one address: ${text}`);
    }
  }
  return problems;
}

const macOf = (host: NetHost, port: Port): string =>
  `Ethernet ${[...host.stack.interfaces.values()][host.ports.indexOf(port)]?.mac ?? ''}`;

/** Those that are alone in their network, while others on their link are in another: a wrong address, or a wrong mask. */
function strangers(places: readonly Place[]): string[] {
  const networks = new Map<string, Place[]>();
  for (const place of places)
    for (const { prefix } of place.own) networks.set(`${prefix}`, [...(networks.get(`${prefix}`) ?? []), place]);
  const groups = [...networks].sort(([, a], [, b]) => b.length - a.length);
  const home = groups[0]?.[1] ?? [];
  return places.flatMap(({ host, port, own }) => {
    const isAtHome = own.some(({ prefix }) => {
      const group = networks.get(`${prefix}`) ?? [];
      return group === home || group.length > 1;
    });
    if (isAtHome) return [];
    const others = groups.filter(([, group]) => group.every((place) => place.port !== port));
    const there = others.map(([network, group]) => `${network} (${group.map((place) => place.host.name).join(', ')})`);
    const mine = own.map(({ address, prefix }) => `${formatV4(address)}/${prefix.length}`).join(', ');
    return [`${host.name} (${mine}) is outside of the networks on its link: ${there.join(', ')}`];
  });
}

/** Its gateways on this link that nobody there is. */
function gatewayProblems({ host, port }: Place, places: readonly Place[]): string[] {
  const id = host.ports.indexOf(port) + 1;
  const gateways = new Set(
    host.stack.routes
      .list()
      .flatMap(({ gateway, interfaceId }) => (interfaceId === id && gateway !== undefined ? [gateway] : [])),
  );
  return [...gateways].flatMap((gateway) => {
    const isThere = places.some(({ own }) => own.some(({ address }) => address === gateway));
    // the kernel at a TAP, and hosts that ask DHCP, may become it
    const isOpen = places.some(({ own }) => own.length === 0);
    return isThere || isOpen ? [] : [`nobody on the link of ${host.name} has the address of its gateway, ${formatV4(gateway)}`];
  });
}
