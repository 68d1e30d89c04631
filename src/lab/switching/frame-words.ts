/** What a switch says beside a frame that it sends on. */
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import { BROADCAST, format } from '../../stack/wire/mac-address.ts';

export const forwardWords = (destination: MacAddress, port: string): string => `${format(destination)} is behind port ${port}`;

export function floodWords(destination: MacAddress, isGroup: boolean): string {
  if (destination === BROADCAST) return 'flooded: a broadcast goes to all ports';
  return isGroup ? 'flooded: a group address' : `flooded: ${format(destination)} is not in the table`;
}
