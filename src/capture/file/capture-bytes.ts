/** A whole capture file in memory: what a lab writes, a test compares and a ring leaves behind. The same input gives the same bytes. */
import type { InterfaceDescription, RecordedFrame } from '../record/frame-sink.ts';
import type { CaptureWriterOptions } from './capture-writer.ts';
import { CaptureWriter } from './capture-writer.ts';

export interface CaptureBytesOptions extends CaptureWriterOptions {
  /** By the numbers that the frames use. Numbers that frames use and nobody described get an Ethernet interface without a name. */
  readonly interfaces?: readonly InterfaceDescription[];
}

/** @param frames in the order in which they are to stand in the file */
export function captureBytes(frames: readonly RecordedFrame[], options: CaptureBytesOptions = {}): Uint8Array<ArrayBuffer> {
  const writer = new CaptureWriter(options);
  for (const { name, ...details } of options.interfaces ?? []) writer.addInterface(name, details);
  const highest = frames.reduce((most, { interfaceId }) => Math.max(most, interfaceId), -1);
  while (writer.interfaces <= highest) writer.addInterface('');
  for (const frame of frames) writer.frame(frame);
  writer.finish();
  return writer.out.take();
}
