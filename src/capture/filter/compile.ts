/** Makes of the tree of a filter a function that looks at frames. Only the headers that the filter names are taken apart. */
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import type { Field, FieldValue, Layer } from '../dissect/layers/field.ts';
import { formatBytes } from '../dissect/layers/field.ts';
import type { Comparison, Expression, Literal, Member, Operand } from './expression.ts';
import { FilterError } from './filter-error.ts';
import type { Value } from './value.ts';
import { bytesOf, holds, order, readValue } from './value.ts';

export type Predicate = (frame: CapturedFrame) => boolean;
type FieldOperand = Extract<Operand, { kind: 'field' }>;

/** @throws FilterError where a value is none for its field */
export function compile(expression: Expression): Predicate {
  switch (expression.kind) {
    case 'all':
      return () => true;
    case 'not': {
      const inner = compile(expression.inner);
      return (frame) => !inner(frame);
    }
    case 'and': {
      const [left, right] = [compile(expression.left), compile(expression.right)];
      return (frame) => left(frame) && right(frame);
    }
    case 'or': {
      const [left, right] = [compile(expression.left), compile(expression.right)];
      return (frame) => left(frame) || right(frame);
    }
    case 'exists':
      return exists(expression.operand);
    case 'compare':
      return compare(expression.operand, expression.comparison, expression.with);
    case 'in':
      return isIn(expression.operand, expression.members);
    case 'contains':
      return contains(expression.operand, expression.part);
  }
}

function exists(operand: Operand): Predicate {
  if (operand.kind === 'protocol') return (frame) => frame.layersOf(operand.name).length > 0;
  return (frame) => valuesOf(frame, operand).some((value) => operand.mask === undefined || value !== 0);
}

/** As in Wireshark: "!=" holds when the field is there and no value of it is equal, the others when they hold for one value. */
function compare(operand: Operand, comparison: Comparison, other: Literal | Operand): Predicate {
  const field = needField(operand, other);
  if ('kind' in other) return compareFields(field, comparison, other);
  const value = readValue(other, field.name, field.field.info);
  return (frame) => holdsFor(comparison, valuesOf(frame, field), (one) => order(one, value));
}

function holdsFor(comparison: Comparison, values: readonly FieldValue[], difference: (value: FieldValue) => number): boolean {
  if (comparison === '!=') return values.length > 0 && values.every((value) => difference(value) !== 0);
  return values.some((value) => holds(comparison, difference(value)));
}

function compareFields(field: FieldOperand, comparison: Comparison, other: Operand): Predicate {
  const second = needField(other, undefined);
  return (frame) => {
    const others = valuesOf(frame, second).map(
      (value): Value =>
        typeof value === 'number' || typeof value === 'boolean'
          ? { kind: 'number', number: Number(value) }
          : { kind: 'text', text: value instanceof Uint8Array ? formatBytes(value) : value },
    );
    const values = valuesOf(frame, field);
    if (comparison !== '!=') return others.some((one) => holdsFor(comparison, values, (value) => order(value, one)));
    return others.length > 0 && others.every((one) => holdsFor(comparison, values, (value) => order(value, one)));
  };
}

function needField(operand: Operand, at: Literal | Operand | undefined): FieldOperand {
  if (operand.kind === 'field') return operand;
  const column = at !== undefined && 'column' in at ? at.column : 1;
  throw new FilterError(column, `${operand.name} is a protocol: it is there or not, or it "contains" something`);
}

function isIn(operand: Operand, members: readonly Member[]): Predicate {
  const field = needField(operand, members[0]?.first);
  const { info } = field.field;
  const ranges = members.map(({ first, last }) => ({
    first: readValue(first, field.name, info),
    last: last === undefined ? undefined : readValue(last, field.name, info),
  }));
  const isMember = (value: FieldValue): boolean =>
    ranges.some(({ first, last }) =>
      last === undefined ? order(value, first) === 0 : order(value, first) >= 0 && order(value, last) <= 0,
    );
  return (frame) => valuesOf(frame, field).some(isMember);
}

/** Text in text; bytes in bytes, in an address, or in all that a protocol carries. */
function contains(operand: Operand, part: Literal): Predicate {
  const bytes = bytesOf(part);
  if (operand.kind === 'protocol') {
    if (bytes === undefined) throw new FilterError(part.column, `expected bytes such as 47:45:54, or text in quotes`);
    return (frame) => frame.layersOf(operand.name).some((layer) => isInside(bodyOf(frame, layer), bytes));
  }
  const { type } = operand.field.info;
  if (type === 'text') return (frame) => valuesOf(frame, operand).some((value) => String(value).includes(part.text));
  if (type !== 'bytes' && type !== 'mac')
    throw new FilterError(part.column, `"contains" looks into text, bytes and protocols, and ${operand.name} is none of these`);
  if (bytes === undefined) throw new FilterError(part.column, `${operand.name} takes bytes such as 47:45:54, not "${part.text}"`);
  const wanted = formatBytes(bytes);
  return (frame) => valuesOf(frame, operand).some((value) => hexText(value).includes(wanted));
}

const hexText = (value: FieldValue): string => (value instanceof Uint8Array ? formatBytes(value) : String(value));

/** From the header on, with all that it carries. */
const bodyOf = ({ frame, packet }: CapturedFrame, { at, protocol }: Layer): Uint8Array =>
  frame.bytes.subarray(at, protocol === 'frame' || protocol === 'eth' ? undefined : packet.trailer.at);

function isInside(whole: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= whole.length; at++) {
    let matching = 0;
    while (matching < part.length && whole[at + matching] === part[matching]) matching++;
    if (matching === part.length) return true;
  }
  return false;
}

function valuesOf(frame: CapturedFrame, { field, mask }: FieldOperand): FieldValue[] {
  const values: FieldValue[] = [];
  for (const layer of frame.layersOf(field.protocol)) collect(layer, field.keys, values);
  return mask === undefined ? values : values.map((value) => (Number(value) & mask) >>> 0);
}

function collect({ fields, quoted }: Pick<Layer, 'fields' | 'quoted'>, keys: readonly string[], into: FieldValue[]): void {
  collectFields(fields, keys, into);
  for (const layer of quoted) collect(layer, keys, into);
}

function collectFields(fields: readonly Field[], keys: readonly string[], into: FieldValue[]): void {
  for (const { key, value, children } of fields) {
    if (keys.includes(key)) into.push(value);
    collectFields(children, keys, into);
  }
}
