/**
 * Watches the tables of all devices of a network: what is new in them after an instant in which a device had a frame is noted,
 * and said in the capture beside the frame that brought it.
 */
import type { FrameSink, InterfaceDetails, RecordedFrame } from '../../capture/record/frame-sink.ts';
import type { Micros } from '../../stack/index.ts';
import { NEVER } from '../../stack/index.ts';
import type { Machine } from '../machine.ts';
import type { NetNode } from './node.ts';
import type { Recording } from './recording.ts';
import type { Table, TableKind } from './table.ts';

/** A row that came, went or changed. */
export interface TableChange {
  readonly at: Micros;
  readonly of: string;
  readonly kind: TableKind;
  readonly what: 'new' | 'changed' | 'gone';
  readonly row: readonly string[];
}

/** Said beside frames; what ARP and sockets did is said there by the host itself. */
const SAID: Readonly<Partial<Record<TableKind, string>>> = {
  mac: 'learns',
  routes: 'route',
  rip: 'RIP',
};

export class TableWatch implements Machine {
  onSooner: (() => void) | undefined = undefined;
  readonly changes: TableChange[] = [];
  /** Where the network records, in place of the recording. */
  readonly sink: FrameSink;
  readonly #recording: Recording;
  readonly #nodes: () => readonly NetNode[];
  /** By interface of the recording. */
  readonly #owners: string[] = [];
  readonly #known = new Map<string, Map<TableKind, ReadonlySet<string>>>();
  readonly #stirred = new Set<string>();
  #at: Micros = 0;
  #rests = false;

  constructor(recording: Recording, nodes: () => readonly NetNode[]) {
    this.#recording = recording;
    this.#nodes = nodes;
    this.sink = {
      addInterface: (name: string, details?: InterfaceDetails): number => {
        const id = recording.addInterface(name, details);
        this.#owners[id] = name.split('.')[0] ?? name;
        return id;
      },
      frame: (frame: RecordedFrame): void => {
        recording.frame(frame);
        if (this.#rests) return;
        this.#stirred.add(this.#owners[frame.interfaceId] ?? '');
        this.#at = frame.at;
        this.onSooner?.();
      },
    };
  }

  /** Something has changed in a device without a frame: it was forgotten. */
  stirs(node: string): void {
    if (this.#rests) return;
    this.#stirred.add(node);
    this.onSooner?.();
  }

  run(now: Micros): void {
    for (const node of this.#nodes()) if (this.#stirred.has(node.name)) this.#compare(node, now);
    this.#stirred.clear();
  }

  nextTimeout(): Micros {
    return this.#stirred.size === 0 ? NEVER : this.#at;
  }

  /** What a new device has in its tables is not news. */
  knows(node: NetNode): void {
    for (const table of node.tables()) this.#remember(table);
  }

  /** Nobody wants to know any more: for a lab without an end. */
  rest(): void {
    this.#rests = true;
    this.#stirred.clear();
  }

  /** What is in the tables now is not news. */
  forget(): void {
    for (const node of this.#nodes()) this.knows(node);
    this.changes.length = 0;
  }

  #compare(node: NetNode, at: Micros): void {
    const said: string[] = [];
    const tables = node.tables();
    const present = new Set(tables.map(({ kind }) => kind));
    const emptied = [...(this.#known.get(node.name)?.keys() ?? [])].filter((kind) => !present.has(kind));
    for (const table of [...tables, ...emptied.map((kind) => ({ of: node.name, kind, columns: [], rows: [] }))]) {
      const { kind, of } = table;
      for (const { what, row } of this.#remember(table)) {
        this.changes.push({ at, of, kind, what, row });
        said.push(...wordsOf({ at, of, kind, what, row }));
      }
    }
    if (said.length > 0 && at === this.#at) this.#recording.amend(this.#interfacesOf(node.name), said);
  }

  /** @returns what is new since the last time */
  #remember(table: Table): Pick<TableChange, 'what' | 'row'>[] {
    const rows = new Map(table.rows.map((row) => [lasting(table, row).join('\t'), lasting(table, row)]));
    const kinds = this.#known.get(table.of) ?? new Map<TableKind, ReadonlySet<string>>();
    const before = kinds.get(table.kind) ?? new Set();
    kinds.set(table.kind, new Set(rows.keys()));
    this.#known.set(table.of, kinds);
    const gone = [...before].filter((key) => !rows.has(key)).map((key) => key.split('\t'));
    const fresh = [...rows].filter(([key]) => !before.has(key)).map(([, row]) => row);
    const { key = [0] } = table;
    const isOf = (row: readonly string[]) => (other: readonly string[]) =>
      table.kind !== 'sockets' && key.every((column) => other[column] === row[column]);
    return [
      ...gone.filter((row) => !fresh.some(isOf(row))).map((row) => ({ what: 'gone' as const, row })),
      ...fresh.map((row) => ({ what: gone.some(isOf(row)) ? ('changed' as const) : ('new' as const), row })),
    ];
  }

  #interfacesOf(node: string): ReadonlySet<number> {
    return new Set(this.#owners.flatMap((owner, id) => (owner === node ? [id] : [])));
  }
}

const lasting = ({ passing = [] }: Table, row: readonly string[]): readonly string[] =>
  row.filter((_, index) => !passing.includes(index));

/** Of a change that is said beside a frame: "s1 learns 02:00:0a:00:00:01 1". */
function wordsOf({ of, kind, what, row }: TableChange): string[] {
  const verb = SAID[kind];
  return verb === undefined ? [] : [`${of} ${what === 'gone' ? 'forgets' : verb} ${row.filter((word) => word !== '').join(' ')}`];
}
