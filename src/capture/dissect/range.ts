/** Which bytes of a frame a header and what it carries may use. */
import { isZero } from '../../stack/bytes/checksum.ts';
import type { ChecksumState, Link } from './dissected.ts';

/** What a link header leaves for the network layer. */
export interface LinkContent {
  readonly link: Link | undefined;
  /** Of what is carried; undefined where it cannot be told. */
  readonly etherType: number | undefined;
  readonly at: number;
  readonly end: number;
}

export interface Range {
  readonly at: number;
  /** Of the bytes that are there. */
  readonly end: number;
  /** Of the bytes that were on the wire: beyond `end` where the capture kept only the beginning. */
  readonly wireEnd: number;
  /** True inside an ICMP error and in the first fragment: it may end anywhere, and that is nobody's fault. */
  readonly partial: boolean;
}

export interface TransportRange extends Range {
  /** Sum of the pseudo-header, or undefined when not all bytes are there that the checksum covers. */
  readonly pseudoSum: number | undefined;
  readonly isV6: boolean;
}

/** True when bytes may be missing without a fault. */
export const isPartial = ({ end, wireEnd, partial }: Range): boolean => partial || wireEnd > end;

export const checksumState = (
  view: DataView,
  { at, end, pseudoSum }: Pick<TransportRange, 'at' | 'end' | 'pseudoSum'>,
): ChecksumState => (pseudoSum === undefined ? 'unchecked' : isZero(view, at, end, pseudoSum) ? 'good' : 'bad');
