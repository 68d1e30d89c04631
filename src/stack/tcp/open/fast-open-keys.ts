/** The cookies that a server hands out: RFC 7413 §4.1.2. Nothing is kept for a client; its address is hashed again. */
import { SipHash } from '../../bytes/siphash.ts';

/** 128 secret bits as four words; the first is made of the key's first four bytes, lowest first. */
export type FastOpenKey = readonly [number, number, number, number];

/** How a cookie was made: with the key in use, with the one before it, or by somebody else. */
export type CookieVerdict = 'current' | 'previous' | 'invalid';

const LENGTH = 8;

/** A word of the network as SipHash reads its bytes. */
const swapped = (w: number): number => ((w & 0xff) << 24) | ((w & 0xff00) << 8) | ((w >>> 8) & 0xff00) | (w >>> 24);

export class FastOpenKeys {
  #current: SipHash;
  #previous: SipHash | undefined = undefined;
  /**
   * What is hashed beside the client's address. Linux takes the server's too, so that a cookie of one address of a host is
   * none for another; FreeBSD takes the client's alone. @default true
   */
  bindsServer = true;

  constructor(key: FastOpenKey, previous?: FastOpenKey) {
    this.#current = new SipHash(key);
    if (previous !== undefined) this.#previous = new SipHash(previous);
  }

  /** Another key from now on. Cookies made with the one before stay good until the next change, and are replaced when seen. */
  rotate(key: FastOpenKey): void {
    this.#previous = this.#current;
    this.#current = new SipHash(key);
  }

  /** These keys and no others. */
  replace(key: FastOpenKey, previous?: FastOpenKey): void {
    this.#current = new SipHash(key);
    this.#previous = previous === undefined ? undefined : new SipHash(previous);
  }

  /** The cookie of eight bytes for a client. @param client, server addresses as words */
  make(client: number, server: number): Uint8Array {
    return this.#of(this.#current, client, server);
  }

  check(cookie: Uint8Array, client: number, server: number): CookieVerdict {
    if (isSame(cookie, this.#of(this.#current, client, server))) return 'current';
    const old = this.#previous;
    return old !== undefined && isSame(cookie, this.#of(old, client, server)) ? 'previous' : 'invalid';
  }

  #of(hash: SipHash, client: number, server: number): Uint8Array {
    hash.input[0] = swapped(client);
    hash.input[1] = swapped(server);
    hash.digest(this.bindsServer ? 8 : 4);
    const cookie = new Uint8Array(LENGTH);
    const view = new DataView(cookie.buffer);
    view.setInt32(0, hash.low, true);
    view.setInt32(4, hash.high, true);
    return cookie;
  }
}

/** Looks at every byte whatever the first ones say. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < LENGTH; i++) difference |= (a[i] ?? 0) ^ b[i]!;
  return difference === 0;
}
