/** No congestion control: for a link of one's own, and to show in a capture what it is good for. */
import type { CongestionControl } from './control.ts';

export class Unlimited implements CongestionControl {
  readonly name = 'unlimited';
  readonly window = 0x4000_0000;
  readonly threshold = 0x4000_0000;
  mss = 0;
  onAck(): void {}
  onLoss(): void {}
  onEcnEcho(): void {}
  onRecovered(): void {}
  onTimeout(): void {}
  onIdle(): void {}
}
