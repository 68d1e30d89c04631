/** What a sender with Linux's habits remembers of what it sent and wrote: made with the first text, most connections have none. */
import type { Seq } from '../../wire/seq.ts';
import { atOrAfter } from '../../wire/seq.ts';
import type { TcpOptions } from '../options.ts';
import { PushMarks } from './push-marks.ts';
import { WindowUsage } from './window-usage.ts';

export class SendHistory {
  readonly usage = new WindowUsage();
  /** Where PSH stands, when each write has its own. */
  readonly marks: PushMarks | undefined;
  /** Behind the last segment sent that was not full, until it is acknowledged: Minshall's rule asks for it. */
  smallEnd: Seq | undefined = undefined;

  /** @param first the number of the first text */
  constructor(first: Seq, { push }: Pick<TcpOptions, 'push'>) {
    this.marks = push === 'write' ? new PushMarks(first) : undefined;
  }

  static isNeeded({ push, nagle, growsWhenHalfUsed }: TcpOptions): boolean {
    return push === 'write' || nagle === 'minshall' || growsWhenHalfUsed;
  }

  acknowledge(ack: Seq): void {
    this.marks?.acknowledge(ack);
    if (this.smallEnd !== undefined && atOrAfter(ack, this.smallEnd)) this.smallEnd = undefined;
  }
}
