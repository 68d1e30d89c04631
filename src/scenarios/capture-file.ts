/** A performance as the bytes of a capture file and the text of a series. */
import { captureBytes } from '../capture/file/capture-bytes.ts';
import type { InterfaceDescription, RecordedFrame } from '../capture/record/frame-sink.ts';
import { headerLine, sampleLine } from '../capture/series/jsonl.ts';
import type { Micros } from '../stack/index.ts';
import type { Performance } from './perform.ts';

/** Every story begins at midnight UTC of 1 January 2026, so that its files are the same whenever they are made. */
const FIRST_DAY: Micros = 1_767_225_600_000_000;

/** From the epoch to the zero of the clock that stamped the frames. */
export const epochOffset = ({ start }: Performance): Micros => FIRST_DAY - start;

/** The interface at whose end of the wire the story is best seen. */
export function watchedInterface({ scenario, interfaces }: Performance): number {
  return Math.max(
    interfaces.findIndex(({ name }) => name === scenario.watch),
    0,
  );
}

/**
 * What one who listens at the watched end of the wire has seen. Wireshark would take the sight of the same segment at the other
 * end for a retransmission, so a file that its analysis shall understand holds one end only.
 */
export function watchedCapture(performance: Performance): Uint8Array {
  const watched = watchedInterface(performance);
  const frames = performance.frames.filter(({ interfaceId }) => interfaceId === watched);
  return bytesOf(
    performance,
    frames.map((frame) => ({ ...frame, interfaceId: 0 })),
    performance.interfaces.filter((_, index) => index === watched),
  );
}

/** All ends of all wires: what was lost on the way is seen to leave and not to arrive. */
export const wholeCapture = (performance: Performance): Uint8Array =>
  bytesOf(performance, performance.frames, performance.interfaces);

function bytesOf(
  performance: Performance,
  frames: readonly RecordedFrame[],
  interfaces: readonly InterfaceDescription[],
): Uint8Array {
  const { name, title } = performance.scenario;
  return captureBytes(frames, {
    interfaces,
    names: performance.names,
    section: { application: 'tapstack', comment: `${title} (tapstack lab run ${name})` },
    epochOffset: epochOffset(performance),
  });
}

/** The numbers beside the frames, with the time base of the capture. */
export const seriesText = (performance: Performance): string =>
  [headerLine(epochOffset(performance)), ...performance.series.map(sampleLine)].map((line) => `${line}\n`).join('');
