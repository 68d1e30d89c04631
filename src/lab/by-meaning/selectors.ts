/** The words for frames: what a sentence about a fault speaks of. */
import * as arp from '../../stack/wire/arp.ts';
import * as icmp from '../../stack/wire/icmpv4.ts';
import * as tcp from '../../stack/wire/tcp.ts';
import type { Kind } from './selector.ts';
import { repeats, Selector } from './selector.ts';
import type { Sighting } from './wire-watch.ts';

type Test = (sighting: Sighting) => boolean;

const kind = (name: string, within: Kind['within'], test: Test): Kind => ({ name, within, test: () => test });
const segment = (name: string, test: Test): Kind =>
  kind(name, 'connection', (sighting) => sighting.facts.kind === 'tcp' && test(sighting));

const carriesText: Test = ({ facts }) => facts.payloadLength > 0;

/**
 * Segments with text. With numbers: those that carry new text, so that `data(7)` is the seventh piece of the stream however
 * often an earlier one had to be sent again.
 */
export const data = (...numbers: readonly number[]): Selector =>
  numbers.length === 0
    ? new Selector(segment('data segment', carriesText))
    : new Selector(
        segment('data segment', (sighting) => carriesText(sighting) && sighting.isNew),
        numbers,
      );

/** Acknowledgments that carry nothing else: no text, no SYN, FIN or RST. */
export const pureAcks = (...numbers: readonly number[]): Selector =>
  new Selector(
    segment('pure ACK', ({ facts }) => facts.length === 0 && facts.has(tcp.ACK) && !facts.has(tcp.RST)),
    numbers,
  );

/** Whatever takes sequence space that was sent before: text, SYN or FIN. */
export const retransmissions = (...numbers: readonly number[]): Selector =>
  new Selector(
    segment('retransmission', ({ isRepeated }) => isRepeated),
    numbers,
  );

/**
 * What sends the beginning of an earlier segment again: `retransmissionOf(data(7))` is the first such segment, with numbers
 * the second and so on.
 */
export function retransmissionOf(original: Selector, ...numbers: readonly number[]): Selector {
  const test = repeats(original);
  const counted: Kind = { name: `retransmission of ${original.kind.name}`, within: 'wire', test };
  return new Selector(counted, numbers.length === 0 ? [1] : numbers);
}

/** All retransmissions of a segment, so that it never arrives. */
export const everyRetransmissionOf = (original: Selector): Selector =>
  new Selector({ name: `retransmission of ${original.kind.name}`, within: 'wire', test: repeats(original) });

/** A SYN without ACK; sent again it counts again. */
export const syn = (...numbers: readonly number[]): Selector =>
  new Selector(
    segment('SYN', ({ facts }) => facts.has(tcp.SYN) && !facts.has(tcp.ACK)),
    numbers,
  );

export const synAck = (...numbers: readonly number[]): Selector =>
  new Selector(
    segment('SYN-ACK', ({ facts }) => facts.has(tcp.SYN) && facts.has(tcp.ACK)),
    numbers,
  );

export const fin = (...numbers: readonly number[]): Selector =>
  new Selector(
    segment('FIN', ({ facts }) => facts.has(tcp.FIN)),
    numbers,
  );

export const rst = (...numbers: readonly number[]): Selector =>
  new Selector(
    segment('RST', ({ facts }) => facts.has(tcp.RST)),
    numbers,
  );

/** Every segment of TCP, whatever it carries. */
export const segments = (...numbers: readonly number[]): Selector =>
  new Selector(
    segment('segment', () => true),
    numbers,
  );

/** Datagrams of UDP in one piece. */
export const datagrams = (...numbers: readonly number[]): Selector =>
  new Selector(
    kind('datagram', 'wire', ({ facts }) => facts.kind === 'udp'),
    numbers,
  );

/** Pieces of IPv4 packets; counted within the first packet that comes in pieces, unless `datagram(n)` says otherwise. */
export const fragments = (...numbers: readonly number[]): Selector =>
  new Selector(
    kind('fragment', 'datagram', ({ facts }) => facts.kind === 'fragment'),
    numbers,
  );

const icmpOf = (name: string, type: number): Kind =>
  kind(name, 'wire', ({ facts }) => facts.kind === 'icmp' && facts.type === type);

export const echoRequests = (...numbers: readonly number[]): Selector =>
  new Selector(icmpOf('echo request', icmp.ECHO_REQUEST), numbers);

export const echoReplies = (...numbers: readonly number[]): Selector =>
  new Selector(icmpOf('echo reply', icmp.ECHO_REPLY), numbers);

/** Messages of ICMP that report a fault. */
export const icmpErrors = (...numbers: readonly number[]): Selector =>
  new Selector(
    kind('ICMP error', 'wire', ({ facts }) => facts.kind === 'icmp' && icmp.isError(facts.type)),
    numbers,
  );

const arpOf = (name: string, operation: number): Kind =>
  kind(name, 'wire', ({ facts }) => facts.kind === 'arp' && facts.type === operation);

export const arpRequests = (...numbers: readonly number[]): Selector => new Selector(arpOf('ARP request', arp.REQUEST), numbers);

export const arpReplies = (...numbers: readonly number[]): Selector => new Selector(arpOf('ARP reply', arp.REPLY), numbers);

/** Whatever is on the wire. */
export const frames = (...numbers: readonly number[]): Selector =>
  new Selector(
    kind('frame', 'wire', () => true),
    numbers,
  );

/** Whole numbers from the first to the last: `data(...range(3, 8))`. */
export const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
