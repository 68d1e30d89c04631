/** What a value in a JSON file may be, said once: what is something else is refused with the path to it, and with what would be right. */

export type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | { readonly listOf: Shape }
  /** By names of the author's. */
  | { readonly byName: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly needed?: readonly string[] }
  | { readonly oneOf: readonly Shape[] };

/** Where in the file, and what. */
export class ShapeMistake extends Error {
  override readonly name = 'ShapeMistake';
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[], what: string) {
    super(what);
    this.path = path;
  }
}

export const listOf = (shape: Shape): Shape => ({ listOf: shape });
export const byName = (shape: Shape): Shape => ({ byName: shape });
export const oneOf = (...shapes: readonly Shape[]): Shape => ({ oneOf: shapes });
export const fields = (shapes: Readonly<Record<string, Shape>>, needed: readonly string[] = []): Shape => ({
  fields: shapes,
  needed,
});

/** @param path to the value @throws ShapeMistake */
export function checkShape(value: unknown, shape: Shape, path: readonly (string | number)[] = []): void {
  if (!isLike(value, shape)) throw new ShapeMistake(path, `${nameOf(path)} is ${wordsFor(shape)}, not ${kindOf(value)}`);
  if (typeof shape === 'string') return;
  if ('oneOf' in shape) {
    const fitting = shape.oneOf.find((one) => isLike(value, one));
    if (fitting !== undefined) checkShape(value, fitting, path);
  } else if ('listOf' in shape) {
    (value as unknown[]).forEach((item, index) => {
      checkShape(item, shape.listOf, [...path, index]);
    });
  } else if ('byName' in shape) {
    for (const [name, item] of Object.entries(value as object)) checkShape(item, shape.byName, [...path, name]);
  } else checkFields(value as object, shape, path);
}

function checkFields(
  value: object,
  { fields: known, needed = [] }: { readonly fields: Readonly<Record<string, Shape>>; readonly needed?: readonly string[] },
  path: readonly (string | number)[],
): void {
  for (const [name, item] of Object.entries(value)) {
    const shape = Object.hasOwn(known, name) ? known[name] : undefined;
    if (shape === undefined)
      throw new ShapeMistake([...path, name], `${nameOf(path)} has no "${name}"; it has ${Object.keys(known).join(', ')}`);
    checkShape(item, shape, [...path, name]);
  }
  const missing = needed.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw new ShapeMistake(path, `${nameOf(path)} needs a "${missing}"`);
}

/** As far as one sees without looking inside. */
function isLike(value: unknown, shape: Shape): boolean {
  if (shape === 'text') return typeof value === 'string';
  if (typeof shape === 'string') return typeof value === shape;
  if ('oneOf' in shape) return shape.oneOf.some((one) => isLike(value, one));
  const isList = Array.isArray(value);
  return 'listOf' in shape ? isList : typeof value === 'object' && value !== null && !isList;
}

function wordsFor(shape: Shape): string {
  if (typeof shape === 'string') return { text: 'a text', number: 'a number', boolean: 'true or false' }[shape];
  if ('oneOf' in shape) return shape.oneOf.map(wordsFor).join(' or ');
  return 'listOf' in shape ? 'a list' : 'an object';
}

const kindOf = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : value !== null && typeof value === 'object'
      ? 'an object'
      : JSON.stringify(value).slice(0, 40);

const nameOf = (path: readonly (string | number)[]): string =>
  path.length === 0 ? 'a lab' : path.map((word) => (typeof word === 'number' ? `number ${word + 1}` : word)).join('.');
