/**
 * Replay as a test: the other side's frames of a capture are fed to a stack in virtual time, and every frame that the stack sends is
 * held against the recorded one.
 */
import type { Capture, CapturedInterface } from '../capture/file/capture-data.ts';
import { readCapture } from '../capture/file/read-capture.ts';
import type { RecordedFrame } from '../capture/record/frame-sink.ts';
import type { TcpOptions } from '../stack/tcp/options.ts';
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import { parseV4 } from '../stack/wire/ip-address.ts';
import type { Application } from './application.ts';
import type { ReplayResult } from './difference.ts';
import type { Fitted } from './fit.ts';
import { fitTo } from './fit.ts';
import { acknowledgesUnseen, isMissingSegments } from './losses.ts';
import type { MaskName } from './mask.ts';
import { Mask } from './mask.ts';
import { Notes } from './notes.ts';
import { isOtherImplementation } from './other-implementation.ts';
import type { Recording } from './recording.ts';
import { readRecording } from './recording.ts';
import { ReplayError } from './replay-error.ts';
import { reportOn } from './report.ts';
import { Replay } from './run.ts';
import { WHAT_IS_COMPARED } from './stream/stream-judge.ts';

/** A capture that was read, the bytes of a file, or frames from memory. */
export type ReplayInput = Capture | Uint8Array | readonly RecordedFrame[];

/**
 * 'frames': each frame with its counterpart. 'streams': TCP by what is said in which place of the stream, by SYN, FIN and RST, and by
 * what was acknowledged in the end.
 */
export type Comparison = 'frames' | 'streams';

export interface ReplayOptions {
  /** The address of the host that the stack plays, such as 10.0.0.2. */
  readonly host: string;
  /**
   * Fields that are not compared, beside the identification of IP and timestamp values: 'tcp.window', or a group such as
   * 'tcp.options' or 'arp'. Sequence numbers, ports and echoes need no mask: they are translated.
   */
  readonly mask?: readonly MaskName[];
  /** Fields that are compared although they are masked by default. */
  readonly unmask?: readonly MaskName[];
  /** How far from its recorded time a frame may leave. @default 5 ms */
  readonly tolerance?: Micros;
  /** What runs on the host, such as `[accept(80), echo()]`. @default derived from what the recorded host sent, and when */
  readonly application?: Application;
  /** @default fitted to the options in the recorded host's SYNs */
  readonly tcp?: Partial<TcpOptions>;
  /**
   * @default 'streams' for a host that its own segments show to be another implementation (Linux, Windows), and where segments of it
   * were lost before the place of the recording; else 'frames'
   */
  readonly compare?: Comparison;
  /** Of the host's interface. @default from the MSS in its SYNs, else 1500 */
  readonly mtu?: number;
  /** From the place where the capture was taken to the host. @default 0 at the host's own interface, else estimated */
  readonly delay?: Micros;
  /** Initial sequence numbers and ports of the stack come from it. @default 1 */
  readonly seed?: number;
  /**
   * Resolves once every promise of the application that can settle has settled.
   * @default a turn of the event loop where there is one, else a hundred turns of the microtasks
   */
  readonly settle?: () => Promise<void>;
}

const DEFAULT_TOLERANCE: Micros = 5 * MILLISECOND;
const MTU_RANGE = { least: 68, most: 65_535 };

/**
 * Where the application is derived, text is first written as early as the frames allow (together what was pushed together), then, if
 * that differs, as late as they allow. What no capture tells, and `application` says: how text was divided into writes before Nagle's
 * algorithm or a full window gathered them, when an application read what no window shows, and what it would have done later.
 * @throws ReplayError when that cannot even be tried; RangeError for options that make no sense
 */
export async function replay(input: ReplayInput, options: ReplayOptions): Promise<ReplayResult> {
  const { host, tolerance = DEFAULT_TOLERANCE, application, seed = 1, settle = settled } = options;
  const mask = new Mask(options.mask, options.unmask);
  checkNumbers(options);
  const play = async (late: boolean): Promise<Played> => {
    const { recording, notes, fitted, compare, reason } = read(input, options);
    const { mtu, tcp } = { mtu: options.mtu ?? fitted.mtu, tcp: options.tcp ?? fitted.tcp };
    const asStreams = compare === 'streams';
    if (asStreams) notes.say(`${reason}: ${WHAT_IS_COMPARED}`);
    const run = new Replay(recording, { mask, tolerance, application, seed, settle, mtu, tcp, late, asStreams }, notes);
    await run.run();
    return { run, notes, recording, compare };
  };
  const { run, notes, recording, compare } = await bestOf(play, application === undefined);
  const { judge, fed, log } = run;
  if (judge.difference !== undefined) explain(recording, compare, notes);
  const result: Omit<ReplayResult, 'report'> = {
    matches: judge.difference === undefined,
    compared: judge.compared,
    expected: judge.expectations.count,
    fed,
    difference: judge.difference,
    notes: notes.lines,
    frames: log.frames(),
  };
  return { ...result, report: reportOn(result, { host, begin: recording.begin }) };
}

interface Played {
  readonly run: Replay;
  readonly notes: Notes;
  readonly recording: Recording;
  readonly compare: Comparison;
}

/** Text that Nagle's algorithm gathered looks as if it had been written together: then the later time is right. */
async function bestOf(play: (late: boolean) => Promise<Played>, isDerived: boolean): Promise<Played> {
  const early = await play(false);
  const { difference } = early.run.judge;
  if (difference === undefined || !isDerived || early.compare === 'streams') return early;
  const late = await play(true);
  if (late.run.judge.difference === undefined) {
    late.notes.say(
      `the application writes as late as the capture allows; as early as it allows, this differs: ${difference.text}`,
    );
    return late;
  }
  early.notes.say(`tried twice, with text written as early and as late as the capture allows: both differ, this is the first`);
  return early;
}

/** The options that `replay` would take from the capture by itself: what a test pins down so that a later change is seen. */
export function fittedOptions(input: ReplayInput, options: ReplayOptions): Fitted & { readonly compare: Comparison } {
  const { fitted, compare } = read(input, options);
  return { ...fitted, compare };
}

function read(input: ReplayInput, { host, delay, compare }: ReplayOptions) {
  const word = parseV4(host);
  if (word === undefined) throw new ReplayError(`"${host}" is not an IPv4 address such as 10.0.0.2`);
  const notes = new Notes();
  const { frames, interfaces } = framesOf(input, notes);
  const recording = readRecording(frames, interfaces, { host: word, delay }, notes);
  const reason = compare === undefined ? whyStreams(recording) : compare === 'streams' ? 'as asked for' : undefined;
  const asStreams = reason !== undefined;
  const way: Comparison = asStreams ? 'streams' : 'frames';
  return { recording, notes, fitted: fitTo(recording, asStreams), compare: way, reason };
}

/** Why frame by frame would be no fair comparison; undefined: it is one. The capture alone decides, not the stack of today. */
function whyStreams(recording: Recording): string | undefined {
  if (isOtherImplementation(recording)) return 'the host is another implementation';
  return isMissingSegments(recording) ? 'segments of the host were lost before the place of the recording' : undefined;
}

/** What of the capture may be the reason of a difference. */
function explain(recording: Recording, compare: Comparison, notes: Notes): void {
  const unseen = acknowledgesUnseen(recording);
  if (unseen !== undefined)
    notes.about(
      unseen.number,
      'acknowledges what was not recorded before: the capture is not complete, and the stack was not fed with it',
    );
  if (compare === 'frames' && !recording.isHosts)
    notes.say(
      'not known to be recorded at the host itself: what it had seen when it spoke is guessed; comparing by streams leaves that out',
    );
}

function framesOf(
  input: ReplayInput,
  notes: Notes,
): { readonly frames: readonly RecordedFrame[]; readonly interfaces: readonly CapturedInterface[] } {
  if (Array.isArray(input)) return { frames: input as readonly RecordedFrame[], interfaces: [] };
  const capture = input instanceof Uint8Array ? readCapture(input) : (input as Capture);
  if (capture.format === 'unknown') throw new ReplayError(`no capture: ${capture.problem}`);
  if (capture.problem !== '') notes.say(`the file is not whole: ${capture.problem}`);
  return capture;
}

function checkNumbers({ tolerance = 0, mtu = MTU_RANGE.most, delay = 0 }: ReplayOptions): void {
  if (!(tolerance >= 0)) throw new RangeError(`a tolerance is zero or more microseconds, not ${tolerance}`);
  if (!(delay >= 0 && Number.isFinite(delay))) throw new RangeError(`a delay is zero or more microseconds, not ${delay}`);
  if (!(Number.isInteger(mtu) && mtu >= MTU_RANGE.least && mtu <= MTU_RANGE.most))
    throw new RangeError(`an MTU is ${MTU_RANGE.least} to ${MTU_RANGE.most} bytes, not ${mtu}`);
}

/** This part of the project belongs to no host: it takes what there is. */
async function settled(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (done: () => void) => void };
  if (setImmediate !== undefined) await new Promise<void>((resolve) => setImmediate(resolve));
  else for (let turn = 0; turn < MICROTASKS; turn++) await undefined;
}
const MICROTASKS = 100;
