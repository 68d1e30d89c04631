/** A script that does not follow the grammar: where, what was expected, what stands there. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly found: string;

  constructor(line: number, column: number, expected: string, found: string) {
    super(`line ${line}, column ${column}: expected ${expected}, found ${found}`);
    this.line = line;
    this.column = column;
    this.expected = expected;
    this.found = found;
  }
}
