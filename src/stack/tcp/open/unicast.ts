/** With whom a connection can be. */
import type { IpAddress } from '../../wire/ip-address.ts';
import { isMulticastV4, LIMITED_BROADCAST } from '../../wire/ip-address.ts';

/** An address that names one host (MUST-46, MUST-57). */
export const isUnicast = (address: IpAddress): boolean =>
  address.isV4 && address.w3 !== 0 && address.w3 !== LIMITED_BROADCAST && !isMulticastV4(address.w3);
