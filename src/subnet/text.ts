/** What the calculator found, in lines for people. */
import type { Prefix } from '../stack/ip/prefix.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import type { MarkedBits } from './bits.ts';
import { markedBits, marks } from './bits.ts';
import type { Block } from './blocks.ts';
import { blockOf } from './blocks.ts';
import type { Pair, Standing } from './pair.ts';
import { shared } from './pair.ts';
import type { Plan } from './split.ts';
import type { AddressClass, Subnet } from './subnet.ts';
import { addressesOf, classOf, firstHostOf, hostsOf, lastHostOf, roleOf } from './subnet.ts';

/** How the two parts of an address are told apart where there are colours. */
export interface Colors {
  network(text: string): string;
  host(text: string): string;
}

const LABEL = 16;
const line = (label: string, text: string): string => `${label.padEnd(LABEL)}${text}`;
const number = (value: number): string => value.toLocaleString('en-US');
const counted = (value: number, word: string): string => `${number(value)} ${word}${value === 1 ? '' : 's'}`;
const hex = (word: number): string => `0x${(word >>> 0).toString(16).padStart(8, '0')}`;

/** @param colors undefined where there are none: then a line of letters tells the bits apart */
export function subnetLines(subnet: Subnet, colors?: Colors): string[] {
  const { address, prefix, wildcard, broadcast, block, insideBlock } = subnet;
  return [
    line('address', `${formatV4(address)}/${prefix.length}`),
    line('is', roleText(subnet)),
    line('network', prefix.toString()),
    line('mask', `${formatV4(prefix.mask)}, ${hex(prefix.mask)}, wildcard ${formatV4(wildcard)}`),
    line('first host', formatV4(subnet.firstHost)),
    line('last host', formatV4(subnet.lastHost)),
    line(
      'broadcast',
      broadcast === undefined ? `none in a /${prefix.length}${prefix.length === 31 ? ' (RFC 3021)' : ''}` : formatV4(broadcast),
    ),
    line('addresses', `${number(subnet.addresses)}; ${number(subnet.hosts)} for hosts`),
    line('block', blockText(block)),
    ...(insideBlock ? [] : [line('', 'the network reaches beyond this block')]),
    line('class', classText(subnet.class, prefix.length)),
    '',
    ...bitLines(subnet, colors),
  ];
}

function roleText({ role, hosts, prefix, class: { name } }: Subnet): string {
  if (name === 'D' || name === 'E')
    return name === 'D' ? 'a multicast group: no host can have it' : 'reserved: no host can have it';
  if (role.kind === 'network') return 'the network itself: no host can have it';
  if (role.kind === 'broadcast') return 'the broadcast address: all hosts of the network';
  if (prefix.length === 32) return 'a single host';
  return `a host, number ${number(role.number)} of ${number(hosts)}`;
}

const blockText = (block: Block | undefined): string =>
  block === undefined ? 'public: in no special block' : `${block.prefix} ${block.name} (${block.rfc}): ${block.meaning}`;

function classText({ name, length }: AddressClass, actual?: number): string {
  if (length === undefined) return `${name} by the old reading: ${name === 'D' ? 'a multicast group' : 'reserved'}`;
  const old = `${name} by the old reading, a /${length}`;
  if (actual === undefined || actual === length) return old;
  return `${old}; /${actual} is ${actual > length ? `${counted(actual - length, 'bit')} of subnet more` : 'a supernet'}`;
}

function bitLines({ address, prefix, broadcast }: Subnet, colors: Colors | undefined): string[] {
  const { length } = prefix;
  const row = (label: string, word: number): string => line(label, painted(markedBits(word, length), colors));
  const legend = colors === undefined ? ['n: network', 'h: host'] : [colors.network('network'), colors.host('host')];
  return [
    row('address', address),
    row('mask', prefix.mask),
    row('network', prefix.network),
    ...(broadcast === undefined ? [] : [row('broadcast', broadcast)]),
    ...(colors === undefined ? [line('', marks(length))] : []),
    line('', `${legend[0]}, ${counted(length, 'bit')}   ${legend[1]}, ${counted(32 - length, 'bit')}`),
  ];
}

const painted = ({ network, host }: MarkedBits, colors: Colors | undefined): string =>
  colors === undefined ? network + host : colors.network(network) + colors.host(host);

/** An address of which the network is not known. */
export function addressLines(address: number): string[] {
  const block = blockOf(address);
  return [
    line('address', formatV4(address)),
    line('bits', painted(markedBits(address, 32), undefined)),
    line('hexadecimal', hex(address)),
    line('block', blockText(block)),
    line('class', classText(classOf(address))),
    '',
    `Its network takes a prefix: ${formatV4(address)}/24, or a mask: ${formatV4(address)} 255.255.255.0.`,
  ];
}

/** Two addresses, and whether they find each other without a router. */
export function pairLines(pair: Pair, colors?: Colors): string[] {
  const { a, b, common, joined } = pair;
  const bits = [a, b].map(({ address }) => line(formatV4(address), painted(markedBits(address, common), colors)));
  const same = line(
    '',
    marks(common)
      .replaceAll('n', '=')
      .replace(/[h.]*$/, ''),
  );
  return [
    ...views(pair),
    line('same network', ANSWERS[`${shared(pair) ?? 'unsaid'}`]),
    line(
      'joined by',
      `${joined}, mask ${formatV4(joined.mask)}: the smallest in which both can be hosts, of ${counted(hostsOf(joined), 'host')}`,
    ),
    '',
    ...bits,
    ...(colors === undefined ? [same] : []),
    line('', `${counted(common, 'leading bit')} in common`),
  ];
}

const ANSWERS = {
  true: 'yes',
  false: 'no',
  'one way': 'in the eyes of one of them only, because their prefixes differ',
  unsaid: 'that depends on the prefix, of which nothing was said',
} as const;

const views = ({ a, b }: Pair): string[] => [...view(a, b), ...view(b, a)];

/** What a host makes of the other's address before it sends (RFC 1122 §3.3.1.1). */
function view({ address, prefix }: Standing, other: Standing): string[] {
  if (prefix === undefined) return [];
  const reaches = prefix.contains(other.address);
  const { kind } = roleOf(other.address, prefix);
  const there = kind === 'host' ? 'in it too, on the same link: ARP for it' : `in it too, as ${IN_NETWORK[kind]}`;
  return [line(formatV4(address), `is in ${prefix}: ${formatV4(other.address)} is ${reaches ? there : OUTSIDE}`)];
}
const OUTSIDE = 'outside, behind a router: ARP for the gateway';
const IN_NETWORK = { network: 'the network itself', broadcast: 'its broadcast address' } as const;

/** The parts of a network as rows, with the titles first. */
export function partRows(parts: readonly Prefix[]): string[][] {
  return [TITLES, ...parts.map(rowOf)];
}
const TITLES = ['network', 'mask', 'first host', 'last host', 'broadcast', 'hosts'];

const rowOf = (prefix: Prefix): string[] => [
  prefix.toString(),
  formatV4(prefix.mask),
  formatV4(firstHostOf(prefix)),
  formatV4(lastHostOf(prefix)),
  prefix.hasBroadcast ? formatV4(prefix.broadcast) : '-',
  number(hostsOf(prefix)),
];

/** A plan as rows: who, how many, and what they were given. */
export function planRows({ networks }: Plan): string[][] {
  const named = networks.some(({ name }) => name !== undefined);
  const rows = networks.map(({ name = '', hosts, prefix }) => [...(named ? [name] : []), number(hosts), ...rowOf(prefix)]);
  return [[...(named ? ['name'] : []), 'wanted', ...TITLES], ...rows];
}

/** How much of a network a plan uses. */
export function planLines(network: Prefix, { networks, free }: Plan): string[] {
  const used = networks.reduce((sum, { prefix }) => sum + addressesOf(prefix), 0);
  const left = free.length === 0 ? 'nothing is left' : `free: ${free.join(', ')}`;
  return [`${number(used)} of the ${number(addressesOf(network))} addresses of ${network} are used; ${left}.`];
}
