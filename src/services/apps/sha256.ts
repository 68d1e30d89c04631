/** SHA-256, FIPS 180-4 §6.2, in 32-bit arithmetic: so that a person can compare with `sha256sum`. */

/** The first primes: the constants are made of their roots (§4.2.2 and §5.3.3). */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 32 bits behind the point. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;

const ROUNDS = 64;
const BLOCK = 64;
const K = Int32Array.from(primes(ROUNDS), (prime) => fraction(Math.cbrt(prime)));
const H = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

const turned = (x: number, bits: number): number => (x >>> bits) | (x << (32 - bits));

/** @returns 64 hexadecimal digits */
export function sha256(bytes: Uint8Array): string {
  const state = H.slice();
  const words = new Int32Array(ROUNDS);
  const whole = bytes.length - (bytes.length % BLOCK);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < whole; at += BLOCK) mix(state, words, view, at);
  const rest = padded(bytes.subarray(whole), bytes.length);
  for (let at = 0; at < rest.byteLength; at += BLOCK) mix(state, words, rest, at);
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** §5.1.1: a one bit, zeros, and the length of all in bits. */
function padded(rest: Uint8Array, length: number): DataView {
  const bytes = new Uint8Array(rest.length + 9 <= BLOCK ? BLOCK : 2 * BLOCK);
  bytes.set(rest);
  bytes[rest.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(bytes.length - 4, (length * 8) >>> 0);
  return view;
}

/** §6.2.2, one block. */
function mix(state: Int32Array, words: Int32Array, view: DataView, at: number): void {
  for (let t = 0; t < 16; t++) words[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < ROUNDS; t++) {
    const [old, recent] = [words[t - 15]!, words[t - 2]!];
    const s0 = turned(old, 7) ^ turned(old, 18) ^ (old >>> 3);
    const s1 = turned(recent, 17) ^ turned(recent, 19) ^ (recent >>> 10);
    words[t] = s1 + words[t - 7]! + s0 + words[t - 16]!;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < ROUNDS; t++) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t]! + words[t]!) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i] = state[i]! + value;
  });
}
