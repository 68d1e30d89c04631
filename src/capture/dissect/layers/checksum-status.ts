/** How a checksum turned out, in Wireshark's numbers: 0 bad, 1 good, 2 unverified, 3 not present, 4 illegal. */
import type { ChecksumState } from '../dissected.ts';

const NUMBERS: Record<ChecksumState, number> = { bad: 0, good: 1, unchecked: 2, absent: 3, illegal: 4 };
const MEANINGS: Record<ChecksumState, string> = {
  bad: 'wrong',
  good: 'good',
  unchecked: 'not all bytes are there',
  absent: 'none was sent',
  illegal: 'none was sent, which IPv6 does not allow',
};

export const checksumStatus = (state: ChecksumState): number => NUMBERS[state];
export const checksumMeaning = (state: ChecksumState): string => MEANINGS[state];
