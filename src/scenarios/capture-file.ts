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

/** The interfaces at whose ends of their wires the story is best seen: their numbers. */
export function watchedInterfaces({ scenario, interfaces }: Performance): number[] {
  const { watch = [] } = scenario;
  const watched = interfaces.flatMap(({ name }, id) => (watch.includes(name) ? [id] : []));
  return watched.length === 0 ? [0] : watched;
}

/**
 * What one who listens at the watched end of the wire has seen. Wireshark would take the sight of the same segment at the other
 * end for a retransmission, so a file that its analysis shall understand holds one end of a wire only.
 */
export function watchedCapture(performance: Performance): Uint8Array {
  const watched = watchedInterfaces(performance);
  const frames = performance.frames.flatMap((frame) => {
    const interfaceId = watched.indexOf(frame.interfaceId);
    return interfaceId < 0 ? [] : [{ ...frame, interfaceId }];
  });
  return bytesOf(
    performance,
    frames,
    watched.map((id) => performance.interfaces[id]!),
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
