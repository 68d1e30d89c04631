/** The window as Linux offers it: it opens with the text that arrives, in whole units of the scale, and never at once. */

/** Below this a segment is mostly header, and does not open the window. */
const WORTH_GROWING = 128;
/** What a buffer of Linux's costs beside the text: the header room of a TUN device, and the kernel's own two structures. */
const OVERHEAD = 108 + 320 + 256;

const costOf = (length: number): number => Math.ceil((length + 108) / 64) * 64 + OVERHEAD - 108;

/** The unit of a scaled window. */
const alignUp = (window: number, shift: number): number => Math.ceil(window / 2 ** shift) * 2 ** shift;

export class LinuxWindow {
  /** Of our SYN. */
  readonly first: number;
  /** rcv_ssthresh: what is offered at most for now. */
  #threshold: number;
  /** What was offered last. */
  #offered: number;

  /** @param first the window of our SYN */
  constructor(first: number) {
    this.first = first;
    this.#threshold = first;
    this.#offered = first;
  }

  /**
   * tcp_grow_window: text arrived; twice its length more may be offered, or two segments.
   * @param room how much of the buffer is free
   * @returns true when it grew: the peer should hear of it soon
   */
  grow(length: number, room: number, announcedMss: number, segmentSize: number): boolean {
    const more = room - this.#threshold;
    if (length < WORTH_GROWING || more <= 0) return false;
    const paysForItself = costOf(length) / 2 <= length;
    const step = Math.max(2 * (paysForItself ? announcedMss : segmentSize), 2 * length);
    this.#threshold += Math.min(more, step);
    return true;
  }

  /**
   * tcp_select_window.
   * @param left what remains of the window that was offered before: it is not taken back
   * @returns the window in bytes, a multiple of the unit
   */
  next(free: number, full: number, segmentSize: number, shift: number, left: number): number {
    const selected = this.select(free, full, segmentSize, shift);
    const window = selected < left ? alignUp(left, shift) : selected;
    this.#offered = Math.min(window, 0xffff * 2 ** shift);
    return this.#offered;
  }

  /** __tcp_select_window. */
  select(free: number, full: number, segmentSize: number, shift: number): number {
    const segment = Math.min(segmentSize, full);
    let room = free;
    if (room < full >> 1) {
      room = Math.floor(room / 2 ** shift) * 2 ** shift;
      if (room < full >> 4 || room < segment) return 0; // a window this small would only make small segments
    }
    room = Math.min(room, this.#threshold);
    if (shift > 0) return alignUp(room, shift);
    if (this.#offered <= room - segment || this.#offered > room) return Math.floor(room / segment) * segment;
    return segment === full && room > this.#offered + (full >> 1) ? room : this.#offered;
  }
}
