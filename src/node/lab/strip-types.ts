/** From TypeScript to JavaScript by leaving the types out: blanks take their place, so that lines and columns stay the same. */
import { createRequire } from 'node:module';

/** The part of amaro that we use; it is the library with which Node itself does this, and comes without types of its own. */
interface Amaro {
  transformSync(source: string, options: { readonly mode: 'strip-only' }): { readonly code: string };
}

/** What cannot be read, and where: from 1 on. */
export interface SourceMistake {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** @returns JavaScript, or what keeps it from being any */
export function stripTypes(source: string): string | SourceMistake {
  const amaro = createRequire(import.meta.url)('amaro') as Amaro; // here, for it takes 40 ms and most commands read no lab file
  try {
    return amaro.transformSync(source, { mode: 'strip-only' }).code;
  } catch (said) {
    return mistakeIn(String(said));
  }
}

/**
 * It says what is wrong as a picture:
 * ```
 *   x Expression expected
 *    ,-[1:1]
 *  1 | const foo: string = ;
 *    :                     ^
 *    `----
 * ```
 */
function mistakeIn(said: string): SourceMistake {
  const [first = said] = said.trimStart().split(/\n(?= {2}x )/);
  const lines = first.split('\n');
  const what = inOneLine((lines[0] ?? said).replace(/^x /, ''));
  const marked = lines.findIndex((line) => /^ *: /.test(line));
  if (marked < 0) {
    const [, line = '1', column = '1'] = /,-\[(\d+):(\d+)\]/.exec(first) ?? [];
    return { line: Number(line), column: Number(column), what };
  }
  const [, indent = '', line = '1'] = /^( *(\d+) \| )/.exec(lines[marked - 1] ?? '') ?? [];
  const column = (lines[marked] ?? '').search(/[\^|,]/) - indent.length + 1;
  return { line: Number(line), column: Math.max(1, column), what };
}

/** As a sentence goes on behind a place. */
const inOneLine = (what: string): string =>
  what
    .replace(/^[A-Z](?=[a-z]*\b)/, (letter) => letter.toLowerCase())
    .replace('eof', 'end of the file')
    .replace(/\.$/, '');
