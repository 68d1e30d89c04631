/** What is wrong with a filter, and where. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  /** From 1. */
  readonly column: number;

  /** @param words what is wrong and what would be right, without the column */
  constructor(column: number, words: string) {
    super(`column ${column}: ${words}`);
    this.column = column;
  }
}
