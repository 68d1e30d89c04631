/** From the name of a congestion control to one, and from one to another while the connection lives. */
import { DEFAULT_MSS } from '../open/handshake.ts';
import type { TcpOptions } from '../options.ts';
import type { CongestionControl } from './control.ts';
import { Cubic } from './cubic.ts';
import { Reno } from './reno.ts';
import { Unlimited } from './unlimited.ts';

type Choice = Pick<TcpOptions, 'congestionControl' | 'initialWindow'>;

/** @param mss 536 until the handshake decides it */
export function controlFor({ congestionControl, initialWindow }: Choice, mss: number = DEFAULT_MSS): CongestionControl {
  switch (congestionControl) {
    case 'cubic':
      return new Cubic(mss, true, initialWindow);
    case 'reno':
      return new Reno(mss, initialWindow);
    case 'unlimited':
      return new Unlimited();
  }
}

/** Another control goes on where the last one stood: with its cwnd and ssthresh, as Linux's TCP_CONGESTION has it. */
export function successorOf(last: CongestionControl, choice: Choice): CongestionControl {
  const next = controlFor(choice, last.mss);
  next.mss = last.mss;
  if (!(last instanceof Unlimited) && (next instanceof Cubic || next instanceof Reno)) {
    next.window = last.window;
    if (last.threshold < next.threshold) next.threshold = last.threshold;
  }
  return next;
}
