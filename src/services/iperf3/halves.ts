/** Each stream of a finished test as its sender and as its receiver counted it, whichever of them we are. */
import { SECOND } from '../../stack/index.ts';
import type { Sample, Summary } from './observer.ts';

/** What one end counted of a stream. */
export interface Half {
  readonly seconds: number;
  readonly bytes: number;
  /** Of a sender over TCP, when it is known. */
  readonly retransmits: number | undefined;
  /** Seconds; of a receiver of datagrams. */
  readonly jitter: number;
  readonly lost: number;
  readonly packets: number;
  readonly outOfOrder: number;
}

export interface StreamHalves {
  readonly sample: Sample;
  readonly sender: Half | undefined;
  readonly receiver: Half | undefined;
}

export function halvesOf({ samples, peer, duration }: Summary): StreamHalves[] {
  return samples.map((sample) => {
    const { bytes, retransmits, jitter, lost, packets, outOfOrder } = sample;
    const own: Half = { seconds: duration / SECOND, bytes, retransmits, jitter, lost, packets, outOfOrder };
    const theirs = peer?.streams.get(sample.stream.id);
    const other: Half | undefined =
      theirs === undefined ? undefined : { ...theirs, seconds: theirs.duration / SECOND, outOfOrder: 0 };
    return sample.stream.isSender ? { sample, sender: own, receiver: other } : { sample, sender: other, receiver: own };
  });
}

/** Of several streams: amounts add up, jitter is the mean, time the longest. */
export function sumOf(halves: readonly Half[]): Half {
  const add = (key: 'bytes' | 'lost' | 'packets' | 'outOfOrder' | 'jitter'): number =>
    halves.reduce((sum, half) => sum + half[key], 0);
  const known = halves.filter(({ retransmits }) => retransmits !== undefined);
  return {
    seconds: halves.reduce((longest, { seconds }) => Math.max(longest, seconds), 0),
    bytes: add('bytes'),
    retransmits: known.length === 0 ? undefined : known.reduce((sum, { retransmits = 0 }) => sum + retransmits, 0),
    jitter: halves.length === 0 ? 0 : add('jitter') / halves.length,
    lost: add('lost'),
    packets: add('packets'),
    outOfOrder: add('outOfOrder'),
  };
}

/** A sample of an interval in the same shape. */
export const halfOf = ({ bytes, retransmits, jitter, lost, packets, outOfOrder }: Sample, seconds: number): Half => ({
  seconds,
  bytes,
  retransmits,
  jitter,
  lost,
  packets,
  outOfOrder,
});
