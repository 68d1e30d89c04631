/** An address in groups of eight bits, with the place where its network part ends. */

export interface MarkedBits {
  /** The bits of the network, with the dots between its groups. */
  readonly network: string;
  readonly host: string;
}

/** @param length of the network part, 0 to 32 @param letter shows a letter for each bit instead, to stand below */
export function markedBits(word: number, length: number): MarkedBits {
  return cut(
    Array.from({ length: 32 }, (_, bit) => String((word >>> (31 - bit)) & 1)),
    length,
  );
}

/** `nnnnnnnn.nnnnnnnn.nnnnhhhh.hhhhhhhh`: whose bit it is, for a line below bits where there are no colours. */
export function marks(length: number): string {
  const { network, host } = cut(
    Array.from({ length: 32 }, (_, bit) => (bit < length ? 'n' : 'h')),
    length,
  );
  return network + host;
}

/** A dot after a group belongs to the part before it. */
function cut(bits: readonly string[], length: number): MarkedBits {
  const dotted = bits.map((bit, index) => (index % 8 === 7 && index < 31 ? `${bit}.` : bit));
  return { network: dotted.slice(0, length).join(''), host: dotted.slice(length).join('') };
}
