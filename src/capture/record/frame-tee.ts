/** One sink that is several: a file, a terminal and a log hear of the same frames. */
import type { FrameSink, InterfaceDetails, RecordedFrame } from './frame-sink.ts';

export class FrameTee implements FrameSink {
  readonly #branches: { readonly sink: FrameSink; readonly ids: number[] }[];
  #interfaces = 0;

  constructor(...sinks: readonly FrameSink[]) {
    this.#branches = sinks.map((sink) => ({ sink, ids: [] }));
  }

  /** Of the branch that wants most. */
  get snapLength(): number | undefined {
    const most = Math.max(...this.#branches.map(({ sink }) => sink.snapLength ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(most) ? most : undefined;
  }

  addInterface(name: string, details?: InterfaceDetails): number {
    for (const { sink, ids } of this.#branches) ids.push(sink.addInterface(name, details));
    return this.#interfaces++;
  }

  frame(frame: RecordedFrame): void {
    for (const { sink, ids } of this.#branches) {
      const interfaceId = ids[frame.interfaceId] ?? frame.interfaceId;
      sink.frame(interfaceId === frame.interfaceId ? frame : { ...frame, interfaceId });
    }
  }
}
