/** In which state the client is that sends a DHCPREQUEST: RFC 2131 §4.3.2 and its table 4 tell them apart by three fields. */
import type { DhcpMessage } from './message.ts';
import { addressIn, REQUESTED_ADDRESS, SERVER_IDENTIFIER } from './options.ts';

/**
 * - selecting: answers an offer, and names the server whose offer it takes
 * - init-reboot: has had an address before, and asks whether it may go on using it
 * - renewing: asks the server that gave it its address, by unicast
 * - rebinding: asks anybody, since that server does not answer
 */
export type RequestState = 'selecting' | 'init-reboot' | 'renewing' | 'rebinding';

/** @param isUnicast it was sent to the server alone @returns undefined for one that fits no state */
export function requestState({ ciaddr, options }: DhcpMessage, isUnicast: boolean): RequestState | undefined {
  const hasServer = options.has(SERVER_IDENTIFIER);
  const wanted = addressIn(options, REQUESTED_ADDRESS) ?? 0;
  if (hasServer) return wanted !== 0 && ciaddr === 0 ? 'selecting' : undefined;
  if (wanted !== 0) return ciaddr === 0 ? 'init-reboot' : undefined;
  if (ciaddr === 0) return undefined;
  return isUnicast ? 'renewing' : 'rebinding';
}
