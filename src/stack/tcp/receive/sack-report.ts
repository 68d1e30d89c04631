/** What the next acknowledgment reports beside its number: RFC 2018, RFC 2883. Most connections never have anything to report. */
import type { Seq } from '../../wire/seq.ts';
import { seq } from '../../wire/seq.ts';
import { RecentIslands } from './recent-islands.ts';

export class SackReport {
  readonly recent: RecentIslands = new RecentIslands();
  /** Something arrived although we had it: reported once. */
  isDuplicatePending = false;
  left: Seq = seq(0);
  right: Seq = seq(0);

  /** `[left, right)` arrived and was here already. */
  sawDuplicate(left: Seq, right: Seq): void {
    this.isDuplicatePending = true;
    this.left = left;
    this.right = right;
  }
}
