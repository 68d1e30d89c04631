/** Conversations that are recorded at both ends of a wire, made by hand: what pictures with slopes are drawn from. */
import type { RecordedFrame } from '../../src/capture/record/frame-sink.ts';
import * as tcp from '../../src/stack/wire/tcp.ts';
import type { TcpOptions } from './frames.ts';
import { A, B, pattern, recorded, tcpFrame } from './frames.ts';

export const TRANSIT = 10_000;

export interface Crossing {
  /** By whom: A has interface 0, B interface 1. @default A */
  readonly by?: 'A' | 'B';
  readonly at: number;
  /** @default TRANSIT; undefined in `lost` ones */
  readonly transit?: number;
  readonly lost?: boolean;
  readonly sent?: string;
  readonly received?: string;
}

/** One segment as its sender and, unless it is lost, its receiver have recorded it. */
export function crossing(
  options: TcpOptions,
  { by = 'A', at, transit = TRANSIT, lost = false, sent = '', received = '' }: Crossing,
): RecordedFrame[] {
  const isA = by === 'A';
  const ends = isA ? {} : { from: B, to: A, sourcePort: 80, destinationPort: 43_210 };
  const bytes = tcpFrame({ ...ends, ...options });
  const leaving = recorded(bytes, at, { interfaceId: isA ? 0 : 1, comment: sent });
  if (lost) return [leaving];
  return [leaving, recorded(bytes, at + transit, { interfaceId: isA ? 1 : 0, direction: 'in', comment: received })];
}

export const inOrder = (frames: readonly RecordedFrame[]): RecordedFrame[] => frames.toSorted((a, b) => a.at - b.at);

/** A handshake, five segments of which the third is lost, its retransmission, and one that comes late. */
export const STORY: readonly RecordedFrame[] = inOrder([
  ...crossing({ seq: 1000, flags: tcp.SYN }, { at: 0, sent: 'SYN; CLOSED to SYN-SENT', received: 'LISTEN to SYN-RECEIVED' }),
  ...crossing(
    { seq: 5000, ack: 1001, flags: tcp.SYN | tcp.ACK },
    { by: 'B', at: 10_000, received: 'SYN-SENT to ESTABLISHED\ncwnd 14480' },
  ),
  ...crossing({ seq: 1001, ack: 5001 }, { at: 20_000, received: 'SYN-RECEIVED to ESTABLISHED' }),
  ...[0, 1, 2, 3, 4].flatMap((index) =>
    crossing(
      { seq: 1001 + index * 100, ack: 5001, payload: pattern(100), identification: 10 + index },
      { at: 21_000 + index * 100, lost: index === 2, ...(index === 3 ? { transit: 12_000 } : {}) },
    ),
  ),
  ...crossing({ seq: 5001, ack: 1201 }, { by: 'B', at: 31_300, received: 'acknowledges 200 bytes' }),
  ...crossing(
    { seq: 1201, ack: 5001, payload: pattern(100), identification: 20 },
    { at: 250_000, sent: 'retransmission 1: RTO expired, next after 400 ms\ncwnd 1448, ssthresh 2896' },
  ),
  ...crossing({ seq: 5001, ack: 1501 }, { by: 'B', at: 260_000, received: 'acknowledges 300 bytes\nflight 0' }),
]);
