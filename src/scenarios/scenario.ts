/** What a scenario is: a story of a few hosts that is always the same, what must be seen in it, and what a class is to find. */
import type { PlotKind } from '../capture/plot/plot.ts';
import type { Stage } from './stage.ts';

/** In the order in which a course would take them. */
export const CHAPTERS = [
  'Opening and closing',
  'Flow',
  'Congestion',
  'Loss',
  'Idle and dead peers',
  'Attacks and accidents',
  'Messages in a stream',
  'Below TCP',
  'Local networks',
  'Between networks',
  'Addresses and names',
  'At the edge',
  'Applications',
] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** A display filter of Wireshark, and what stays when it is applied. */
export interface Look {
  readonly filter: string;
  readonly meaning: string;
}

export interface Scenario {
  /** Words joined by hyphens: the argument of `tapstack lab run`, and how its files begin. */
  readonly name: string;
  readonly title: string;
  readonly chapter: Chapter;
  /** Where it is written: "RFC 9293 §3.5", "IEEE 802.1D §7.8". */
  readonly rfcs: readonly string[];
  /** What happens, in two or three sentences. */
  readonly story: string;
  /** For the class, before the answer is shown. */
  readonly question: string;
  readonly look: readonly Look[];
  /** The ladder is too long for anybody to look at it: so many segments, or several conversations at once. @default false */
  readonly withoutLadder?: boolean;
  /** What there is to see beside the ladder. @default nothing */
  readonly plot?: PlotKind;
  /**
   * The hosts whose ends of their wires the capture file shows, one of each wire; in a network with several ports `r1.lan10`.
   * @default the first one
   */
  readonly watch?: readonly string[];
  /**
   * What Wireshark's expert has to say about the file beyond SYN and FIN, by the field of its display filters, and how often:
   * `{ 'tcp.analysis.retransmission': 1 }`. @default nothing
   */
  readonly expert?: Readonly<Record<string, number>>;
  /** A packet whose way is drawn into the picture of the network: a display filter, as for `look`. @default the first one */
  readonly way?: string;
  /** Everything random comes from it. @default 1 */
  readonly seed?: number;
  /**
   * Sets the hosts up, lets them act and expects what must be seen.
   * @throws ScenarioError when something else was seen
   */
  play(stage: Stage): Promise<void>;
}

/** The story went another way than it is told. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}
