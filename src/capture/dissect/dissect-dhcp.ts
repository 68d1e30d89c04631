/** A message of DHCP, RFC 2131 §2, with where each of its options stands (RFC 2132 §2). */
import { formatV4 } from '../../stack/wire/ip-address.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import type { Span } from './dissected.ts';

export interface DhcpOption extends Span {
  readonly code: number;
  /** Without code and length; empty for padding and the end. */
  readonly value: Span;
}

export interface Dhcp extends Span {
  readonly kind: 'dhcp';
  /** 1 from the client, 2 from the server. */
  readonly operation: number;
  readonly transactionId: number;
  readonly clientIp: string;
  readonly yourIp: string;
  readonly clientMac: string;
  /** Option 53; 0 where it has none, which is BOOTP. */
  readonly messageType: number;
  /** Padding between them left out. */
  readonly options: readonly DhcpOption[];
}

export const BOOTP_HEADER = 236;
export const MAGIC_COOKIE = 0x6382_5363;
export const OPTION_PAD = 0;
export const OPTION_END = 255;
export const OPTION_MESSAGE_TYPE = 53;

/** @returns undefined when the fixed part is not whole or the magic cookie of RFC 2131 §3 is missing */
export function dissectDhcp(view: DataView, { at, length }: Span): Dhcp | undefined {
  if (length < BOOTP_HEADER + 4 || view.getUint32(at + BOOTP_HEADER) !== MAGIC_COOKIE) return undefined;
  const options = readOptions(view, at + BOOTP_HEADER + 4, at + length);
  const type = options.find(({ code, value }) => code === OPTION_MESSAGE_TYPE && value.length === 1);
  return {
    kind: 'dhcp',
    at,
    length,
    operation: view.getUint8(at),
    transactionId: view.getUint32(at + 4),
    clientIp: formatV4(view.getInt32(at + 12)),
    yourIp: formatV4(view.getInt32(at + 16)),
    clientMac: mac.format(mac.read(view, at + 28)),
    messageType: type === undefined ? 0 : view.getUint8(type.value.at),
    options,
  };
}

/** Up to the end option, or to the first that does not fit. */
function readOptions(view: DataView, from: number, end: number): DhcpOption[] {
  const options: DhcpOption[] = [];
  let at = from;
  while (at < end) {
    const code = view.getUint8(at);
    if (code === OPTION_PAD) {
      at++;
      continue;
    }
    if (code === OPTION_END) {
      options.push({ at, length: 1, code, value: { at: at + 1, length: 0 } });
      break;
    }
    if (at + 2 > end || at + 2 + view.getUint8(at + 1) > end) break;
    const value: Span = { at: at + 2, length: view.getUint8(at + 1) };
    options.push({ at, length: 2 + value.length, code, value });
    at += 2 + value.length;
  }
  return options;
}
