/** What cannot work in a network as it is drawn, in words that name the devices. */
import { formatMac, formatV4 } from '../../stack/index.ts';
import type { InterfaceAddress } from '../../stack/ip/prefix.ts';
import { NetHost } from './net-host.ts';
import { NetTap } from './net-tap.ts';
import type { Network } from './network.ts';
import type { Port } from './port.ts';
import { segmentsOf } from './segments.ts';

/** A port of a host, a router or Linux, on a link. */
interface Place {
  readonly name: string;
  readonly own: readonly InterfaceAddress[];
  /** Of Ethernet; undefined: not known here. */
  readonly mac: string | undefined;
  /** Routers on this link that it sends to. */
  readonly gateways: readonly number[];
}

/** One line for each; empty when all is well. */
export function problemsOf(net: Network): string[] {
  return [...loose(net), ...segmentsOf(net).flatMap((ports) => problemsOfSegment(ports.flatMap((port) => placeOf(net, port))))];
}

/** Devices without any cable. */
const loose = (net: Network): string[] =>
  net
    .nodes()
    .filter(({ ports }) => ports.length > 0 && !ports.some((port) => port.isPlugged))
    .map(({ name }) => `${name} has no cable`);

function placeOf(net: Network, port: Port): Place[] {
  const node = net.node(port.node);
  if (node instanceof NetTap)
    return [{ name: node.name, own: node.own === undefined ? [] : [node.own], mac: undefined, gateways: [] }];
  if (!(node instanceof NetHost)) return [];
  const id = node.ports.indexOf(port) + 1;
  const { addresses, routes, interfaces } = node.stack;
  const there = interfaces.get(id);
  return [
    {
      name: node.name,
      own: addresses.list().filter(({ interfaceId }) => interfaceId === id),
      mac: there && formatMac(there.mac),
      gateways: routes
        .list()
        .flatMap(({ gateway, interfaceId }) => (interfaceId === id && gateway !== undefined ? [gateway] : [])),
    },
  ];
}

function problemsOfSegment(places: readonly Place[]): string[] {
  const addressed = places.filter(({ own }) => own.length > 0);
  return [...twice(places), ...strangers(addressed), ...addressed.flatMap((place) => gatewayProblems(place, places))];
}

/** Of one link, two with one address of IPv4 or of Ethernet. */
function twice(places: readonly Place[]): string[] {
  const problems: string[] = [];
  const owners = new Map<string, string>();
  for (const { name, own, mac } of places) {
    const ethernet = mac === undefined ? [] : [`of Ethernet, ${mac}`];
    for (const text of [...own.map(({ address }) => `: ${formatV4(address)}`), ...ethernet.map((word) => ` ${word}`)]) {
      const other = owners.get(text);
      if (other === undefined) owners.set(text, name);
      else problems.push(`${other} and ${name} have one address${text}`);
    }
  }
  return problems;
}

/** Those that are alone in their network, while others on their link are in another: a wrong address, or a wrong mask. */
function strangers(places: readonly Place[]): string[] {
  const networks = new Map<string, Place[]>();
  for (const place of places)
    for (const { prefix } of place.own) networks.set(`${prefix}`, [...(networks.get(`${prefix}`) ?? []), place]);
  const groups = [...networks].sort(([, a], [, b]) => b.length - a.length);
  const home = groups[0]?.[1];
  return places.flatMap((place) => {
    const isAtHome = place.own.some(({ prefix }) => {
      const group = networks.get(`${prefix}`) ?? [];
      return group === home || group.length > 1;
    });
    if (isAtHome) return [];
    const there = groups
      .filter(([, group]) => !group.includes(place))
      .map(([network, group]) => `${network} (${group.map(({ name }) => name).join(', ')})`);
    const mine = place.own.map(({ address, prefix }) => `${formatV4(address)}/${prefix.length}`).join(', ');
    return [`${place.name} (${mine}) is outside of the networks on its link: ${there.join(', ')}`];
  });
}

/** Gateways on a link that nobody there is. Who has no address yet may become one. */
function gatewayProblems({ name, gateways }: Place, places: readonly Place[]): string[] {
  if (places.some(({ own }) => own.length === 0)) return [];
  const present = new Set(places.flatMap(({ own }) => own.map(({ address }) => address)));
  return [...new Set(gateways)]
    .filter((gateway) => !present.has(gateway))
    .map((gateway) => `nobody on the link of ${name} has the address of its gateway, ${formatV4(gateway)}`);
}
