/** Randomness is handed in: the host gives a cryptographic source, a lab and a test give a seeded one. */

export interface Random {
  /** The next 32 random bits, as an unsigned number. */
  nextUint32(): number;
}

/** A number in [0, 1). */
export const nextUnit = (random: Random): number => random.nextUint32() / 0x1_0000_0000;

/** An integer in [0, limit). The bias of the multiplication is below 2^-16 for every limit that ports and queues use. */
export const nextBelow = (random: Random, limit: number): number => Math.floor(nextUnit(random) * limit);

/** True with the given probability; takes one number from the source whatever the answer, so that runs stay comparable. */
export const chance = (random: Random, probability: number): boolean => nextUnit(random) < probability;

/**
 * The same numbers for the same seed on every machine: Chris Doty-Humphrey's sfc32, a small chaotic generator that passes
 * PractRand. Never for secrets: whoever sees some outputs can compute the next.
 */
export class SeededRandom implements Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** @param seed any number; only its low 32 bits count */
  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = 0x9e37_79b9 | 0; // the golden ratio: any constant with mixed bits would do
    this.#c = ~seed;
    for (let round = 0; round < 15; round++) this.nextUint32();
  }

  nextUint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }
}
