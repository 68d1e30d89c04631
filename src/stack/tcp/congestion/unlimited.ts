/** No congestion control: for a link of one's own, and to show in a capture what it is good for. */
import type { CongestionControl } from './control.ts';

const NO_LIMIT = 0x4000_0000;

export class Unlimited implements CongestionControl {
  readonly name = 'unlimited';
  mss = 0;

  get window(): number {
    return NO_LIMIT;
  }

  set window(_: number) {} // recovery may say what it likes

  get threshold(): number {
    return NO_LIMIT;
  }

  set threshold(_: number) {}

  onAck(): void {}
  onLoss(): void {}
  onEcnEcho(): void {}
  onRecovered(): void {}
  onTimeout(): void {}
  onSpurious(): void {}
  onIdle(): void {}
}
