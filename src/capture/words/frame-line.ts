/** A frame of a capture in one line: its number, when, where and in which direction, what it says, and why it was sent. */
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import type { Direction } from '../record/frame-sink.ts';
import { DIM, NOTE, paint } from './ansi.ts';
import { describe } from './describe.ts';
import { plain } from './plain.ts';

export interface FrameLineOptions {
  /** Colours by ANSI escape codes. @default false */
  readonly color?: boolean;
}

const ARROWS: Record<Direction, string> = { in: '<', out: '>', unknown: '-' };
/** Select Graphic Rendition, ECMA-48. */
const WRONG = '31';
const NUMBER_WIDTH = 5;
const TIME_WIDTH = 11;

export class FrameLine {
  readonly #color: boolean;
  /** The longest name so far: the columns line up without the whole capture being known. */
  #nameWidth = 0;

  constructor({ color = false }: FrameLineOptions = {}) {
    this.#color = color;
  }

  /** @example "    3    0.020000  client >  10.0.0.1:59487 > 10.0.0.2:80 [.] seq 1 ack 1 win 512  # ACK of the SYN" */
  text(captured: CapturedFrame): string {
    const { packet, place, bases, frame } = captured;
    const { direction, comment } = frame;
    this.#nameWidth = Math.max(this.#nameWidth, place.interfaceName.length);
    const name = place.interfaceName.padEnd(this.#nameWidth);
    const head = `${String(place.number).padStart(NUMBER_WIDTH)} ${place.sinceFirst.toFixed(6).padStart(TIME_WIDTH)}  ${name}`;
    const sentence = describe(packet, { bases });
    const words = packet.faults.length > 0 ? this.#paint(WRONG, sentence) : sentence;
    const said = comment === '' ? '' : `  ${this.#paint(NOTE, `# ${plain(comment.replaceAll('\n', ' | '))}`)}`;
    return `${this.#paint(DIM, plain(head))} ${ARROWS[direction]} ${words}${said}`;
  }

  #paint(code: string, text: string): string {
    return paint(code, text, this.#color);
  }
}
