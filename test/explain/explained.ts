/** Two hosts on a cable whose captures explain themselves, and what the comments say. */
import type { RecordedFrame } from '../../src/capture/index.ts';
import { FrameLog } from '../../src/capture/index.ts';
import type { Cable, CableOptions, HostOptions } from '../../src/lab/index.ts';
import { host, World } from '../../src/lab/index.ts';
import type { Stack } from '../../src/stack/index.ts';
import { MILLISECOND } from '../../src/stack/index.ts';
import { settle } from '../two-hosts.ts';

export interface ExplainedOptions {
  readonly cable?: CableOptions;
  readonly tcp?: HostOptions['tcp'];
  readonly a?: Partial<HostOptions>;
  readonly b?: Partial<HostOptions>;
  readonly seed?: number;
}

/** 10.0.0.1 and 10.0.0.2, 10 ms apart, each with a log of its own. */
export class Explained {
  readonly world: World;
  readonly cable: Cable;
  readonly a: Stack;
  readonly b: Stack;
  readonly logs = { a: new FrameLog(), b: new FrameLog() };

  constructor({ cable = {}, tcp = {}, a = {}, b = {}, seed = 1 }: ExplainedOptions = {}) {
    this.world = new World({ settle, seed });
    this.cable = this.world.cable({ delay: 10 * MILLISECOND, ...cable });
    const { logs } = this;
    this.a = host(this.world, 'a', this.cable.a, { address: '10.0.0.1/24', capture: logs.a, explain: true, tcp, ...a });
    this.b = host(this.world, 'b', this.cable.b, { address: '10.0.0.2/24', capture: logs.b, explain: true, tcp, ...b });
  }

  /** "out SYN; CLOSED to SYN-SENT | RTO 1000 ms": each frame of a host that has something to say. */
  said(who: 'a' | 'b'): string[] {
    return this.logs[who]
      .frames()
      .filter(({ comment }) => comment !== '')
      .map(line);
  }

  /** The first lines alone. */
  events(who: 'a' | 'b'): string[] {
    return this.said(who).map((comment) => comment.split(' | ')[0] ?? '');
  }
}

const line = ({ direction, comment }: RecordedFrame): string => `${direction} ${comment.replace('\n', ' | ')}`;
