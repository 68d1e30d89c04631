/** JSON with the line of everything in it: `JSON.parse` does not tell where a mistake stands, and nothing of what is well written but wrong. */

/** From 1 on. */
export interface JsonPlace {
  readonly line: number;
  readonly column: number;
}

export class JsonMistake extends Error {
  override readonly name = 'JsonMistake';
  readonly place: JsonPlace;

  constructor(place: JsonPlace, what: string) {
    super(what);
    this.place = place;
  }
}

export interface JsonText {
  readonly value: unknown;
  /** Of what stands at the end of a path, such as ['hosts', 'pc1', 'address'], or else of what it would stand in. */
  lineOf(path: readonly (string | number)[]): number;
}

const DEEPEST = 50;
const TOKEN = /[\s\uFEFF]*(?:([{}[\],:])|("(?:[^"\\\n]|\\[^\n])*")|(-?\d[\w.+-]*|[A-Za-z_$][\w$]*)|(\/\/[^\n]*|\/\*|'|.))?/suy;

/** @throws JsonMistake */
export function readJson(text: string): JsonText {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #starts = new Map<string, number>();
  #end = 0;
  #at = 0;
  #token = '';

  constructor(text: string) {
    this.#text = text;
    this.#next();
  }

  read(): JsonText {
    const value = this.#value([]);
    if (this.#token !== '') throw this.#wrong('the end of the file');
    const lineOf = (path: readonly (string | number)[]): number => {
      const start = this.#starts.get(keyOf(path));
      return start === undefined ? lineOf(path.slice(0, -1)) : this.#placeOf(start).line;
    };
    return { value, lineOf };
  }

  #value(path: readonly (string | number)[]): unknown {
    if (!this.#starts.has(keyOf(path))) this.#starts.set(keyOf(path), this.#at);
    if (path.length > DEEPEST) throw new JsonMistake(this.#placeOf(this.#at), `this is nested more than ${DEEPEST} deep`);
    if (this.#token === '{') return this.#object(path);
    if (this.#token === '[') return this.#list(path);
    const token = this.#token;
    if (token === '' || '}],:'.includes(token)) throw this.#wrong('a value');
    try {
      const value: unknown = JSON.parse(token);
      this.#next();
      return value;
    } catch {
      throw token.startsWith('"')
        ? new JsonMistake(this.#placeOf(this.#at), `${shortened(token)} has a character that must be written with a backslash`)
        : this.#wrong('a value; texts stand in "quotation marks"');
    }
  }

  #object(path: readonly (string | number)[]): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    this.#items('}', () => {
      if (!this.#token.startsWith('"'))
        throw this.#wrong(`a name in "quotation marks"${entries.size > 0 ? ' behind the comma' : ''}`);
      const at = this.#at;
      const name = this.#value([...path, 'its name', entries.size]) as string;
      if (entries.has(name)) throw new JsonMistake(this.#placeOf(at), `"${name}" is here a second time`);
      this.#starts.set(keyOf([...path, name]), at);
      this.#take(':', `":" behind "${name}"`);
      entries.set(name, this.#value([...path, name]));
    });
    return Object.fromEntries(entries);
  }

  #list(path: readonly (string | number)[]): unknown[] {
    const list: unknown[] = [];
    this.#items(']', () => list.push(this.#value([...path, list.length])));
    return list;
  }

  /** Those between the brackets. */
  #items(end: string, item: () => void): void {
    this.#next();
    if (this.#token !== end) item();
    while (this.#token === ',') {
      this.#next();
      item();
    }
    this.#take(end, `"," or "${end}"`);
  }

  #take(token: string, wanted: string): void {
    if (this.#token !== token) throw this.#wrong(wanted);
    this.#next();
  }

  #next(): void {
    TOKEN.lastIndex = this.#end;
    const match = TOKEN.exec(this.#text);
    this.#token = match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4] ?? '';
    this.#end = this.#end + (match?.[0].length ?? 0);
    this.#at = this.#end - this.#token.length;
  }

  #wrong(wanted: string): JsonMistake {
    if (/^\/[/*]/.test(this.#token)) return new JsonMistake(this.#placeOf(this.#at), 'JSON knows no comments');
    const found = this.#token === '' ? 'the file ends' : `there is ${shortened(this.#token)}`;
    return new JsonMistake(this.#placeOf(this.#at), `${found} where ${wanted} should be`);
  }

  #placeOf(index: number): JsonPlace {
    const before = this.#text.slice(0, index).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  }
}

const keyOf = (path: readonly (string | number)[]): string => JSON.stringify(path);
const shortened = (token: string): string => (token.length > 24 ? `${token.slice(0, 20)} ...` : token);
