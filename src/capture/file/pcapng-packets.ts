/** The three blocks of pcapng that hold a frame: enhanced, simple and the obsolete packet block. */
import type { Direction, RecordedFrame } from '../record/frame-sink.ts';
import * as ng from './pcapng-numbers.ts';
import { Options } from './pcapng-options.ts';
import type { InterfaceClock } from './pcapng-time.ts';

/** A whole block among the bytes that are there. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
  /** Of its type. */
  readonly at: number;
  /** Of its second length. */
  readonly end: number;
}

/** What a section says of its interfaces, by their number in it. */
export interface PacketContext {
  /** undefined when no block describes it. */
  clockOf(local: number): InterfaceClock | undefined;
  /** In the file. */
  numberOf(local: number): number;
  snapLengthOf(local: number): number;
}

type TakeFrame = (frame: RecordedFrame) => void;

const DIRECTIONS: readonly Direction[] = ['unknown', 'in', 'out', 'unknown'];
/** Of an enhanced packet and of an obsolete one, before the frame. */
const HEAD = 28;
const SIMPLE_HEAD = 12;
/** A drop count of the obsolete block that says nothing. */
const UNKNOWN_DROPS = 0xffff;

/** @returns what is wrong, or nothing */
export function readEnhanced(block: Block, context: PacketContext, take: TakeFrame): string {
  const { view, at, end, little } = block;
  if (end - at < HEAD) return `expected an enhanced packet block of at least 32 bytes, found ${end + 4 - at}`;
  return readPacket(block, context, { local: view.getUint32(at + 8, little), dropped: 0 }, take);
}

/** @returns what is wrong, or nothing */
export function readObsolete(block: Block, context: PacketContext, take: TakeFrame): string {
  const { view, at, end, little } = block;
  if (end - at < HEAD) return `expected a packet block of at least 32 bytes, found ${end + 4 - at}`;
  const drops = view.getUint16(at + 10, little);
  const dropped = drops === UNKNOWN_DROPS ? 0 : drops;
  return readPacket(block, context, { local: view.getUint16(at + 8, little), dropped }, take);
}

function readPacket(
  block: Block,
  context: PacketContext,
  { local, dropped }: { readonly local: number; readonly dropped: number },
  take: TakeFrame,
): string {
  const { bytes, view, at, end, little } = block;
  const clock = context.clockOf(local);
  if (clock === undefined) return `a packet of interface ${local}, which no block describes`;
  const captured = view.getUint32(at + 20, little);
  const room = end - at - HEAD;
  if (captured > room) return `a packet of ${captured} bytes in a block that has room for ${room}`;
  const said = readOptions(block, at + HEAD + captured + (-captured & 3));
  const drops = dropped + said.dropped;
  const { at: time, nanoseconds } = clock.read(view.getUint32(at + 12, little), view.getUint32(at + 16, little));
  const frame: RecordedFrame = {
    bytes: bytes.subarray(at + HEAD, at + HEAD + captured),
    at: time,
    nanoseconds,
    direction: said.direction,
    interfaceId: context.numberOf(local),
    comment: said.comment,
    originalLength: view.getUint32(at + 24, little),
  };
  take(drops === 0 || end - at <= HEAD ? frame : { ...frame, dropped: drops });
  return '';
}

interface PacketOptions {
  comment: string;
  direction: Direction;
  dropped: number;
}

const NOTHING: PacketOptions = { comment: '', direction: 'unknown', dropped: 0 };

/** Several comments become lines. */
function readOptions({ bytes, view, little, end }: Block, from: number): PacketOptions {
  if (from + 4 > end) return NOTHING;
  const options = new Options(bytes, view, little);
  const found: PacketOptions = { comment: '', direction: 'unknown', dropped: 0 };
  options.each(from, end, (code, at, length) => {
    if (code === ng.OPTION.comment) found.comment += (found.comment === '' ? '' : '\n') + options.text(at, length);
    else if (code === ng.PACKET_OPTION.flags && length === 4) found.direction = DIRECTIONS[options.u32(at) & 3]!;
    else if (code === ng.PACKET_OPTION.dropped && length === 8) found.dropped = options.u64(at);
  });
  return found;
}

/** Simple packets have neither time nor options, and belong to the section's first interface. */
export function readSimple({ bytes, view, at, end, little }: Block, context: PacketContext, take: TakeFrame): string {
  if (end - at < SIMPLE_HEAD) return `expected a simple packet block of at least 16 bytes, found ${end + 4 - at}`;
  if (context.clockOf(0) === undefined) return 'a packet of interface 0, which no block describes';
  const originalLength = view.getUint32(at + 8, little);
  const captured = Math.min(originalLength, context.snapLengthOf(0) || originalLength, end - at - SIMPLE_HEAD);
  take({
    bytes: bytes.subarray(at + SIMPLE_HEAD, at + SIMPLE_HEAD + captured),
    at: 0,
    nanoseconds: 0,
    direction: 'unknown',
    interfaceId: context.numberOf(0),
    comment: '',
    originalLength,
  });
  return '';
}
