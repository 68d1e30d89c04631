/** What the scenarios of this folder have in common: a client sends a stream to a server, over a path that goes wrong. */
import type { Micros, TcpOptions } from '../../stack/index.ts';
import { MILLISECOND } from '../../stack/index.ts';
import type { Segment } from '../sight.ts';
import type { Pair, PairOptions, Stage } from '../stage.ts';
import { letters, readAll, type StageHost } from '../stage-host.ts';

/** Text of a full segment. Without timestamps the n-th begins at a round number. */
export const SEGMENT = 1000;
/** Without the time on the line: a segment takes a millisecond at 8.5 Mbit/s. */
export const ROUND_TRIP = 40 * MILLISECOND;
const RATE = 8.5e6;
export const PORT = 9;

/** So that numbers are round, the window stays what it is, and every mechanism that is not spoken of is the textbook's. */
const PLAIN: Partial<TcpOptions> = {
  maxSegment: SEGMENT,
  timestamps: false,
  congestionControl: 'reno',
  receiveBuffer: 256 * 1024,
  windowClamp: 64 * 1024,
};

/** A connection to a server that reads all and closes, and what the server has got when it is over. */
export interface Upload extends Pair {
  /** What the server has read, once it has come to the end. */
  readonly received: () => number;
}

/** The two hosts; the server reads to the end and closes. */
export async function setting(stage: Stage, options: PairOptions = {}): Promise<Upload> {
  const tcp = { ...PLAIN, ...options.tcp };
  const pair = await stage.pair({ cable: { delay: ROUND_TRIP / 2, rate: RATE }, ...options, tcp });
  let received = -1;
  pair.server.listen(PORT, async (socket) => {
    received = await readAll(socket);
    await socket.close();
  });
  return { ...pair, received: () => received };
}

export interface UploadOptions extends PairOptions {
  /** How long after it has written everything the client closes: the end shall not mix with the repair. @default 300 ms */
  readonly quiet?: Micros;
}

/** The client sends so many full segments and closes a while later; over when both sides have closed. */
export async function upload(stage: Stage, segments: number, options: UploadOptions = {}): Promise<Upload> {
  const all = await setting(stage, options);
  const socket = await all.client.connect(all.server, PORT);
  await socket.write(letters(segments * SEGMENT));
  await stage.pause(options.quiet ?? 300 * MILLISECOND);
  await socket.close();
  await stage.pause(2 * ROUND_TRIP);
  stage.expect('every byte arrives', all.received(), segments * SEGMENT);
  return all;
}

/** Which pieces of the stream a host sent more than once, each as often as it did so, counted from 1. */
export const sentAgain = (stage: Stage, host: StageHost): number[] =>
  stage
    .segments(host)
    .filter(({ again, length }) => again && length > 0)
    .map(({ seq }) => (seq - 1) / SEGMENT + 1);

/** The blocks of a segment's SACK option, relative to the stream as `seq` and `ack` are. */
export function blocksOf({ packet, ack }: Segment): [number, number][] {
  const { transport } = packet;
  if (transport?.kind !== 'tcp') return [];
  const base = transport.ack - ack;
  return transport.options.flatMap((option) =>
    option.kind === 'SACK' ? option.blocks.map(({ left, right }): [number, number] => [left - base, right - base]) : [],
  );
}

/** Why each of them was sent again, as the stack says: the beginning of its comment. */
export const reasons = (stage: Stage, host: StageHost): string[] =>
  stage
    .segments(host)
    .filter(({ again, length }) => again && length > 0)
    .map(({ comment }) => comment.split(/[;:\n]/)[0] ?? '');
