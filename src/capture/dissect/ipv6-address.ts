/** An IPv6 address in a frame as text, RFC 5952. */
import { formatAddress } from '../file/address-text.ts';

export const formatV6 = (view: DataView, at: number): string =>
  formatAddress(new Uint8Array(view.buffer, view.byteOffset + at, 16));
