/** How long our segments are: what the peer and the path take, what a search has proven, and half of a small window. */
import type { Connection } from '../connection.ts';
import { DEFAULT_MSS, FIXED_HEADERS, MIN_MSS } from '../open/handshake.ts';

/** Two segments shall fit the peer's window, or each would wait for the other's acknowledgment; windows up to 536 are taken as they are. */
const boundToWindow = (mss: number, maxWindow: number): number =>
  maxWindow === 0 ? mss : Math.min(mss, Math.max(maxWindow > DEFAULT_MSS ? maxWindow >> 1 : maxWindow, MIN_MSS));

/** Something of it has changed. */
export function applyMss({ agreement, mtuSearch, options, sender, snd }: Connection): void {
  const known = options.halfWindowMss ? boundToWindow(agreement.sendMss, snd.maxWnd) : agreement.sendMss;
  const proven = mtuSearch?.isOn === true ? mtuSearch.low - FIXED_HEADERS - agreement.ipOptions - agreement.optionsRoom : known;
  sender.control.mss = Math.max(Math.min(known, proven), MIN_MSS - agreement.optionsRoom);
}
