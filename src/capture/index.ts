/** Every public name of the capture part, listed by hand. */

export type { Application as ReplayApplication, ApplicationHost, Dialogue, Opener, Step } from '../replay/application.ts';
export { abort, accept, close, connect, echo, finish, read, readAll, send, wait } from '../replay/application.ts';
export type { Row as ReplayRow } from '../replay/compare.ts';
export type { Difference, DifferenceKind, ReplayResult } from '../replay/difference.ts';
export type { Field as ReplayField, MaskName } from '../replay/mask.ts';
export { DEFAULT_MASK as REPLAY_MASK, FIELDS as REPLAY_FIELDS } from '../replay/mask.ts';
export type { MatcherResult, ReplayMatchers } from '../replay/matchers.ts';
export { replayMatchers } from '../replay/matchers.ts';
export type { Comparison as ReplayComparison, ReplayInput, ReplayOptions } from '../replay/replay.ts';
export { fittedOptions, replay } from '../replay/replay.ts';
export { ReplayError } from '../replay/replay-error.ts';
export type { WalkOptions } from './dissect/capture-walk.ts';
export { CaptureWalk } from './dissect/capture-walk.ts';
export { CapturedFrame } from './dissect/captured-frame.ts';
export type { DissectOptions } from './dissect/dissect.ts';
export { dissect } from './dissect/dissect.ts';
export type { Dhcp, DhcpOption } from './dissect/dissect-dhcp.ts';
export type { Dns, DnsQuestion, DnsRecord, DnsSection } from './dissect/dissect-dns.ts';
export type {
  Application,
  Arp,
  ChecksumState,
  Cooked,
  Dissected,
  Ethernet,
  Icmp,
  IpPacket,
  Ipv4,
  Ipv4Option,
  Ipv6,
  Ipv6Extension,
  Link,
  Llc,
  Loopback,
  Ports,
  Span,
  Tcp,
  TcpOption,
  Transport,
  Udp,
  Vlan,
} from './dissect/dissected.ts';
export type { Field, FieldInfo, FieldType, FieldValue, Layer as ProtocolLayer } from './dissect/layers/field.ts';
export { flatten, valueText } from './dissect/layers/field.ts';
export type { LayersOptions } from './dissect/layers/layers.ts';
export { layersOf } from './dissect/layers/layers.ts';
export { ByteBuilder } from './file/byte-builder.ts';
export type { CaptureBytesOptions } from './file/capture-bytes.ts';
export { captureBytes } from './file/capture-bytes.ts';
export type { Capture, CapturedInterface, CaptureEnd, CaptureInfo } from './file/capture-data.ts';
export type { Outcome, TakeFrame } from './file/capture-parser.ts';
export { CaptureParser } from './file/capture-parser.ts';
export type { CaptureWriterOptions, FileFormat } from './file/capture-writer.ts';
export { CaptureWriter } from './file/capture-writer.ts';
export { writeFrame as writePcapFrame, writeHeader as writePcapHeader } from './file/pcap.ts';
export type { HostNames, InterfaceStatistics, SectionDetails } from './file/pcapng.ts';
export {
  writeFrame as writePcapngFrame,
  writeInterface,
  writeNames,
  writeSectionHeader,
  writeStatistics,
} from './file/pcapng.ts';
export { readCapture } from './file/read-capture.ts';
export type { FrameFilter } from './filter/filter.ts';
export { parseFilter } from './filter/filter.ts';
export { FilterError } from './filter/filter-error.ts';
export { foldRuns } from './ladder/fold.ts';
export type { LadderHtmlOptions } from './ladder/html.ts';
export { ladderHtml } from './ladder/html.ts';
export type { Ladder, LadderArrival, LadderHost, LadderOptions, LadderRow, Mark, SegmentFacts, Tone } from './ladder/ladder.ts';
export { ladder } from './ladder/ladder.ts';
export type { LadderMermaidOptions } from './ladder/mermaid.ts';
export { ladderMermaid } from './ladder/mermaid.ts';
export type { LadderSvgOptions } from './ladder/svg.ts';
export { ladderSvg } from './ladder/svg.ts';
export type { LadderTextOptions } from './ladder/text.ts';
export { drawLadder, ladderText } from './ladder/text.ts';
export type { Sight, WireFrame } from './ladder/wire-frames.ts';
export { wireFrames } from './ladder/wire-frames.ts';
export type { FrameJson } from './nesting/json.ts';
export { frameJson } from './nesting/json.ts';
export type { NestingBox, NestingRow } from './nesting/nesting.ts';
export { nesting } from './nesting/nesting.ts';
export type { NestingSvgOptions } from './nesting/svg.ts';
export { nestingSvg } from './nesting/svg.ts';
export type { NestingTextOptions } from './nesting/text.ts';
export { nestingText } from './nesting/text.ts';

export type { Flow, PlotOptions, PlotRequest } from './plot/make.ts';
export { plotRequest } from './plot/make.ts';
export type { Axis, Layer, Panel, Plot, PlotEvent, PlotKind, PlotSpan, Shape } from './plot/plot.ts';
export { PLOT_KINDS } from './plot/plot.ts';
export { needsSeries, plot } from './plot/plot-of.ts';
export { formatComment } from './record/comment.ts';
export type { FrameLogOptions } from './record/frame-log.ts';

export { FrameLog } from './record/frame-log.ts';
export type { Direction, FrameSink, InterfaceDescription, InterfaceDetails, RecordedFrame } from './record/frame-sink.ts';
export { FrameSnap } from './record/frame-snap.ts';
export { FrameTee } from './record/frame-tee.ts';
export type { RecordingOptions } from './record/recording-device.ts';
export { RecordingDevice } from './record/recording-device.ts';
export { Segmenter } from './record/segmentation.ts';
export type { Series, SeriesHeader } from './series/jsonl.ts';
export { headerLine as seriesHeaderLine, readSeries, SeriesReader, sampleLine } from './series/jsonl.ts';
export type { ConnectionSample, QueueSample, SampleCause, SeriesSample, SeriesSink } from './series/sample.ts';
export { SeriesLog } from './series/series-log.ts';
export type { CommentParts, StateChange } from './words/comment.ts';
export { readComment } from './words/comment.ts';
export type { DescribeOptions } from './words/describe.ts';
export { describe } from './words/describe.ts';
export { FrameLines } from './words/frame-lines.ts';
export type { SequenceBases } from './words/sequence-tracker.ts';
export { SequenceTracker } from './words/sequence-tracker.ts';
