/** Tables for people: columns as wide as their widest cell, and no spaces at the end of a line. */

/** @param rows of as many cells as there are columns; the last column is not padded */
export function inColumns(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [columns, ...rows].map(line).join('\n');
}

/** A round-trip time as ping and traceroute write it. */
export const milliseconds = (micros: number): string => `${(micros / 1000).toFixed(3)} ms`;
