/**
 * What a lab file exports: a network and what happens in it, told in a few words.
 *
 * ```ts
 * import { lab } from 'tapstack/lab';
 *
 * export default lab({
 *   title: 'Two hosts on a switch',
 *   async play(net, stage) {
 *     const [pc1, pc2] = [net.host('pc1', { address: '10.0.0.1/24' }), net.host('pc2', { address: '10.0.0.2/24' })];
 *     const s1 = net.switch('s1');
 *     net.cable(pc1, s1);
 *     net.cable(pc2, s1);
 *     const [answer] = await pc1.ping(pc2);
 *     stage.expect('pc2 answers', answer?.outcome, 'reply');
 *   },
 * });
 * ```
 */
import type { Micros } from '../../stack/index.ts';
import type { Network } from './network.ts';
import type { NetNode } from './node.ts';
import type { TableKind } from './table.ts';

/** What a lab may do beside its network: let time pass, say what must be seen, show what the devices know. */
export interface LabStage {
  /** The story begins here: what was before is not recorded. */
  begin(): void;
  /** Resolves after so much virtual time, in microseconds. */
  pause(duration: Micros): Promise<void>;
  /** Resolves when so much time has passed since the story began. */
  at(time: Micros): Promise<void>;
  /** What must be seen: fails unless both are alike. @param what in words: "pc2 answers" */
  expect(what: string, seen: unknown, wanted: unknown): void;
  /** The same, where not the exact value matters. @param seen for the message */
  expectThat(what: string, holds: boolean, seen: unknown): void;
  /** What the devices know now is a part of the story. @param moment "before the first ping" */
  showTables(moment: string): void;
  /** The table of a device, now. @returns its rows */
  rows(of: NetNode, kind: TableKind): readonly (readonly string[])[];
}

export interface LabDefinition {
  readonly title: string;
  /** What happens, in two or three sentences. */
  readonly story?: string;
  /** For the class. */
  readonly question?: string;
  /** What to look at, as display filters of Wireshark. */
  readonly look?: readonly { readonly filter: string; readonly meaning: string }[];
  /** The ports whose ends of their wires the capture shows: `pc1` or `r1.lan10`. @default the first one */
  readonly watch?: readonly string[];
  /** Where it is written: "RFC 826". */
  readonly rfcs?: readonly string[];
  /** A display filter for the packet whose way is drawn into the picture. @default the first one */
  readonly way?: string;
  /** Everything random comes from it. @default 1 */
  readonly seed?: number;
  /** Draws the network, lets its hosts act, and expects what must be seen. */
  play(net: Network, stage: LabStage): Promise<void> | void;
}

/** Nothing but types: it lets an editor know what stands in the file. */
export const lab = (definition: LabDefinition): LabDefinition => definition;
