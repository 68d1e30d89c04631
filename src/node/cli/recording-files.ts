/** The files that a session records into: opened together, and closed or taken back together. */
import { arch, release, type } from 'node:os';
import type { FrameSink } from '../../capture/record/frame-sink.ts';
import { FrameSnap } from '../../capture/record/frame-snap.ts';
import type { SeriesSink } from '../../capture/series/sample.ts';
import type { FrameRingOptions } from '../frame-ring.ts';
import { FrameRing } from '../frame-ring.ts';
import { HostClock } from '../host-clock.ts';
import type { CaptureFileOptions } from '../pcap-file.ts';
import { CaptureFile } from '../pcap-file.ts';
import { SeriesFile } from '../series-file.ts';
import type { NetworkOptions } from './network-options.ts';
import { versionOfPackage } from './version.ts';

export interface RecordingFiles {
  /** Told of frames as they look on the wire. */
  readonly sinks: readonly FrameSink[];
  /** Told of frames as the device carried them. */
  readonly rawSinks: readonly FrameSink[];
  readonly series: SeriesSink | undefined;
  close(): void;
  /** For a start that failed: leaves no file behind that was not there before, and one that was as it was. */
  discard(): void;
}

type Wanted = Pick<NetworkOptions, 'capture' | 'captureRaw' | 'ring' | 'series' | 'snap'>;

/** @throws Error with one line for the user when one of them cannot be written; then none of them is open */
export function openRecordingFiles({ capture, captureRaw, ring, series, snap }: Wanted): RecordingFiles {
  const open: { close(): void; discard(): void }[] = [];
  const discard = (): void => {
    for (const file of open) file.discard();
  };
  const opened = <T extends (typeof open)[number]>(file: T): T => {
    open.push(file);
    return file;
  };
  try {
    const options = captureOptions();
    const frames = capture === undefined ? [] : [opened(new CaptureFile(capture, options))];
    const raw = captureRaw === undefined ? [] : [opened(new CaptureFile(captureRaw, options))];
    const numbers = series === undefined ? undefined : opened(new SeriesFile(series, options));
    const rings = ring === undefined ? [] : [new FrameRing(ringOptions(ring, options))];
    for (const one of rings) open.push({ close: () => one.close(), discard: () => one.close() });
    const close = (): void => {
      for (const file of open) file.close();
    };
    const shortened = (sink: FrameSink): FrameSink => (snap === undefined ? sink : new FrameSnap(sink, snap));
    return { sinks: [...frames, ...rings].map(shortened), rawSinks: raw.map(shortened), series: numbers, close, discard };
  } catch (error) {
    discard();
    throw error;
  }
}

const captureOptions = (): CaptureFileOptions => ({
  epochOffset: new HostClock().wallOffset,
  section: { hardware: arch(), os: `${type()} ${release()}`, application: `tapstack ${versionOfPackage()}` },
  onProblem: (problem) => process.stderr.write(`tapstack: ${problem}\n`),
});

const ringOptions = (frames: number, options: CaptureFileOptions): FrameRingOptions => ({
  ...options,
  frames,
  say: (line) => process.stderr.write(`tapstack: ${line}\n`),
});
