/** Addresses of IPv6 as text and back, RFC 5952 and RFC 4291 §2.2. */

/** No leading zeros, the longest run of at least two zero groups as "::", the first of equals. */
export function formatV6(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(at + index * 2).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** @returns eight groups of 16 bits, or undefined when the text is no address */
export function parseV6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...(before ?? []), ...(after ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - groups.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const words = [...(before ?? []), ...new Array<string>(halves.length === 1 ? 0 : missing).fill('0'), ...(after ?? [])];
  return words.map((group) => Number.parseInt(group, 16));
}
