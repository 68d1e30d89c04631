/** As much of dagre as is used, typed by hand: its own types name their files without endings, which Node's resolution refuses. */
import { createRequire } from 'node:module';
import type { Point } from './geometry.ts';

export interface LayoutGraph {
  setGraph(options: {
    readonly rankdir: 'LR';
    readonly nodesep: number;
    readonly edgesep: number;
    readonly ranksep: number;
  }): unknown;
  /** In pixels. */
  setNode(name: string, size: { readonly width: number; readonly height: number }): unknown;
  /** @param id tells edges between the same two nodes apart */
  setEdge(from: string, to: string, label: object, id: string): unknown;
  /** Once it is laid out: the middle. */
  node(name: string): Point;
  /** Once it is laid out: from left to right. */
  edge(from: string, to: string, id: string): { readonly points: readonly Point[] };
}

interface Dagre {
  readonly graphlib: { readonly Graph: new (options: { readonly multigraph: true }) => LayoutGraph };
  layout(graph: LayoutGraph): void;
}

/** @param fill puts nodes and edges into the graph */
export function laidOut(options: Parameters<LayoutGraph['setGraph']>[0], fill: (graph: LayoutGraph) => void): LayoutGraph {
  const { graphlib, layout }: Dagre = createRequire(import.meta.url)('@dagrejs/dagre');
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph(options);
  fill(graph);
  layout(graph);
  return graph;
}
