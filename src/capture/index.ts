/** Every public name of the capture part, listed by hand. */
export { ByteBuilder } from './byte-builder.ts';
export type { Capture, CapturedInterface } from './capture-data.ts';
export type { DescribeOptions } from './describe.ts';
export { describe } from './describe.ts';
export { dissect } from './dissect.ts';
export type {
  Arp,
  ChecksumState,
  Dissected,
  Ethernet,
  Icmp,
  IpPacket,
  Ipv4,
  Ipv6,
  Llc,
  Ports,
  Span,
  Tcp,
  TcpOption,
  Transport,
  Udp,
  Vlan,
} from './dissected.ts';
export { FrameLines } from './frame-lines.ts';
export type { FrameLogOptions } from './frame-log.ts';
export { FrameLog } from './frame-log.ts';
export type { Direction, FrameSink, RecordedFrame } from './frame-sink.ts';
export { FrameTee } from './frame-tee.ts';
export type { Ladder, LadderHost, LadderOptions, LadderRow, SegmentFacts, Tone } from './ladder.ts';
export { ladder } from './ladder.ts';
export { foldRuns } from './ladder-fold.ts';
export type { LadderTextOptions } from './ladder-text.ts';
export { drawLadder, ladderText } from './ladder-text.ts';
export { readPcap, writeFrame as writePcapFrame, writeHeader as writePcapHeader } from './pcap.ts';
export { writeFrame as writePcapngFrame, writeInterface, writeSectionHeader } from './pcapng.ts';
export { readPcapng } from './pcapng-reader.ts';
export { readCapture } from './read-capture.ts';
export type { RecordingOptions } from './recording-device.ts';
export { RecordingDevice } from './recording-device.ts';
export { Segmenter } from './segmentation.ts';
export type { SequenceBases } from './sequence-tracker.ts';
export { SequenceTracker } from './sequence-tracker.ts';
export type { WireFrame } from './wire-frames.ts';
export { wireFrames } from './wire-frames.ts';
