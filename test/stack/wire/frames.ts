/** Frames that a Linux 6.18 kernel sent over a veth pair (recorded with dumpcap, checksums checked by tshark), and tools to read them. */
import fc from 'fast-check';

export const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.replaceAll(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const hexOf = (bytes: Uint8Array, from = 0, to: number = bytes.length): string =>
  Array.from(bytes.subarray(from, to), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** "Who has 10.0.0.2? Tell 10.0.0.1" */
export const ARP_REQUEST = bytesOf(`
  ffffffffffff 020000000001 0806
  0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002`);

/** "10.0.0.2 is at 02:00:00:00:00:02" */
export const ARP_REPLY = bytesOf(`
  020000000001 020000000002 0806
  0001 0800 06 04 0002 020000000002 0a000002 020000000001 0a000001`);

/** ping: identifier 0x21da, sequence number 1, 56 bytes of data, DF */
export const ECHO_REQUEST = bytesOf(`
  020000000002 020000000001 0800
  45 00 0054 7659 4000 40 01 b04d 0a000001 0a000002
  08 00 09f2 21da 0001
  d22f046b 00000000 28c50e00 00000000 10111213 14151617 18191a1b 1c1d1e1f
  20212223 24252627 28292a2b 2c2d2e2f 30313233 34353637`);

/** ping -R: a header of 60 bytes with NOP and an option record route of 39 */
export const RECORD_ROUTE = bytesOf(`
  020000000002 020000000001 0800
  4f 00 007c 765a 4000 40 01 7414 0a000001 0a000002
  01 07 27 08 0a000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
  08 00 a5e5 21db 0001
  d22f046b 00000000 8cd00e00 00000000 10111213 14151617 18191a1b 1c1d1e1f
  20212223 24252627 28292a2b 2c2d2e2f 30313233 34353637`);

/** SYN with MSS 1460, SACK permitted, timestamps, NOP, window scale 10 */
export const SYN = bytesOf(`
  020000000002 020000000001 0800
  45 00 003c 2fba 4000 40 06 f6ff 0a000001 0a000002
  da20 1e61 1808a024 00000000 a0 02 faf0 362b 0000
  02 04 05b4 04 02 08 0a 1dd2345e 00000000 01 03 03 0a`);

/** SYN ACK with the same options */
export const SYN_ACK = bytesOf(`
  020000000001 020000000002 0800
  45 00 003c 0000 4000 40 06 26ba 0a000002 0a000001
  1e61 da20 3349a093 1808a025 a0 12 fe88 2c9e 0000
  02 04 05b4 04 02 08 0a 284909be 1dd2345e 01 03 03 0a`);

/** PSH ACK with timestamps and "hello" */
export const DATA = bytesOf(`
  020000000002 020000000001 0800
  45 00 0039 2fbc 4000 40 06 f700 0a000001 0a000002
  da20 1e61 1808a025 3349a094 80 18 003f 15d8 0000
  01 01 08 0a 1dd2345e 284909be
  68656c6c6f`);

/** FIN ACK */
export const FIN_ACK = bytesOf(`
  020000000002 020000000001 0800
  45 00 0034 2fbe 4000 40 06 f703 0a000001 0a000002
  da20 1e61 1808a02a 3349a09a 80 11 003f 59ab 0000
  01 01 08 0a 1dd2345e 284909be`);

/** RST ACK, no options */
export const RESET = bytesOf(`
  020000000001 020000000002 0800
  45 00 0028 0000 4000 40 06 26ce 0a000002 0a000001
  1e62 df7c 00000000 18f6996a 50 14 0000 eb8e 0000`);

/** Written by hand, its checksums by another program: ACK with timestamps and two SACK blocks, the first across 2^32 */
export const SACK = bytesOf(`
  020000000001 020000000002 0800
  45 00 0048 1234 4000 40 06 147a 0a000002 0a000001
  1e61 da20 3349a099 fffffa48 d0 10 0040 9fbd 0000
  01 01 08 0a 284909be 1dd2345e
  01 01 05 12 fffffff0 00000598 00000b40 000010e8`);

/** UDP to port 53 with "hello!!": an odd length */
export const UDP = bytesOf(`
  020000000002 020000000001 0800
  45 00 0023 5fc4 4000 40 11 c703 0a000001 0a000002
  a889 0035 000f de1b 68656c6c6f2121`);

/** Destination unreachable, port unreachable, quoting all of UDP's packet; traffic class c0 */
export const PORT_UNREACHABLE = bytesOf(`
  020000000001 020000000002 0800
  45 c0 003f daef 0000 40 01 8b0c 0a000002 0a000001
  03 03 1120 00000000
  45 00 0023 5fc4 4000 40 11 c703 0a000001 0a000002
  a889 0035 000f de1b 68656c6c6f2121`);

/** Where the IP header and what follows it without IP options begin in these frames. */
export const NETWORK = 14;
export const TRANSPORT = 34;

export interface Range {
  readonly view: DataView;
  readonly at: number;
  readonly end: number;
}

/** Any bytes at any alignment in a view that ends where they end, so that reading beyond them throws. Half begin as `prefix` does. */
export const anyBytes = (maxLength: number, prefix: Uint8Array = new Uint8Array(0)): fc.Arbitrary<Range> =>
  fc
    .record({ bytes: fc.uint8Array({ maxLength, size: 'max' }), at: fc.nat(7), isLikely: fc.boolean() })
    .map(({ bytes, at, isLikely }) => {
      const all = new Uint8Array(at + bytes.length);
      all.set(bytes, at);
      if (isLikely) all.set(prefix.subarray(0, bytes.length), at);
      return { view: viewOf(all), at, end: all.length };
    });
