/** Two frames field by field: the one in the capture, and the one that the stack sent, in the capture's numbers. */
import { bytesPhrase } from '../capture/words/phrases.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import { CHECKSUM_OFFSET as TCP_CHECKSUM } from '../stack/wire/tcp.ts';
import { CHECKSUM_OFFSET as UDP_CHECKSUM } from '../stack/wire/udp.ts';
import type { Facts } from './facts.ts';
import type { Bases, Fields } from './fields.ts';
import { fieldsOf, hex } from './fields.ts';
import type { Field, Mask } from './mask.ts';
import { FIELDS } from './mask.ts';
import type { Recorded } from './recorded.ts';

export interface Row {
  readonly field: Field;
  readonly recorded: string;
  readonly sent: string;
  readonly differs: boolean;
  /** Not compared. */
  readonly masked: boolean;
}

/** What a frame does not have. */
export const ABSENT = '-';

/** Every field that either of them has, in the order of `FIELDS`. */
export function compare(recorded: Recorded, sent: Facts, mask: Mask, bases: Bases): Row[] {
  const [mine, theirs] = [fieldsOf(sent, bases), fieldsOf(recorded.facts, bases)];
  comparePayload(recorded, sent, theirs, mine);
  compareChecksums(recorded, sent, theirs, mine);
  return FIELDS.flatMap((field): Row[] => {
    const [a, b] = [theirs.get(field), mine.get(field)];
    if (a === undefined && b === undefined) return [];
    const masked = mask.hides(field);
    return [{ field, recorded: a ?? ABSENT, sent: b ?? ABSENT, differs: !masked && a !== b, masked }];
  });
}

export const differences = (rows: readonly Row[]): readonly Row[] => rows.filter(({ differs }) => differs);

/** The lengths, and where they are equal the first byte that differs. */
function comparePayload({ facts, kept }: Recorded, sent: Facts, theirs: Fields, mine: Fields): void {
  const [a, b] = [facts.end - facts.payload, sent.end - sent.payload];
  if (facts.kind === 'arp' || (a === 0 && b === 0)) return;
  const at = a === b ? firstDifference(facts, sent, Math.min(a, kept - facts.payload)) : -1;
  const text = ({ view, payload }: Facts, length: number): string =>
    at < 0 ? bytesPhrase(length) : `${bytesPhrase(length)}, number ${at} is ${hex(view.getUint8(payload + at), 2)}`;
  theirs.set('payload', text(facts, a));
  mine.set('payload', text(sent, b));
}

function firstDifference(a: Facts, b: Facts, length: number): number {
  for (let i = 0; i < length; i++) if (a.view.getUint8(a.payload + i) !== b.view.getUint8(b.payload + i)) return i;
  return -1;
}

/** The stack's own are right by construction; a recorded one counts only where it could be checked. */
function compareChecksums({ facts, checksum }: Recorded, sent: Facts, theirs: Fields, mine: Fields): void {
  const { kind, view, network, transport } = facts;
  if (kind === 'arp' || kind === 'other' || checksum !== 'bad') return;
  if (!ipv4.isChecksumValid(view, network)) {
    theirs.set('ip.checksum', `${hex(view.getUint16(network + 10), 4)} is wrong`);
    mine.set('ip.checksum', 'right');
    return;
  }
  const [field, offset]: readonly [Field, number] =
    kind === 'tcp' ? ['tcp.checksum', TCP_CHECKSUM] : kind === 'udp' ? ['udp.checksum', UDP_CHECKSUM] : ['icmp.checksum', 2];
  theirs.set(field, `${hex(view.getUint16(transport + offset), 4)} is wrong`);
  mine.set(field, sent.kind === kind ? 'right' : ABSENT);
}
