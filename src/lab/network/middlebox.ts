/** What a router does beside routing: it translates addresses. */
import type { PacketHooks, Stack } from '../../stack/index.ts';
import { chainHooks } from '../../stack/index.ts';
import { Nat } from '../nat/nat.ts';
import type { NatOptions } from '../nat/options.ts';
import type { Table } from './table.ts';
import type { TopologyNode } from './topology.ts';

export interface MiddleboxOptions {
  /** Address translation; its `outside` is the name of a port. */
  readonly nat?: NatOptions | undefined;
  /** Whatever else looks at packets; asked before these. */
  readonly hooks?: PacketHooks | undefined;
}

export class Middlebox {
  readonly nat: Nat | undefined;
  readonly hooks: PacketHooks | undefined;

  /** @throws RangeError in words when something about it cannot be used */
  constructor({ nat, hooks }: MiddleboxOptions) {
    this.nat = nat && new Nat(nat);
    const all = [hooks, this.nat?.hooks].filter((one) => one !== undefined);
    this.hooks = all.length < 2 ? all[0] : chainHooks(...all);
  }

  /** How it is drawn. */
  get kind(): TopologyNode['kind'] {
    return this.nat === undefined ? 'router' : 'nat';
  }

  /** What it is known by outside, beside the addresses of its ports. */
  get addresses(): readonly string[] {
    return this.nat?.addresses ?? [];
  }

  /** The stack has its interfaces. @throws RangeError in words when they have other names */
  joins(stack: Stack): void {
    this.nat?.joins(stack);
  }

  tables(of: string, stack: Stack): readonly Table[] {
    return [this.nat?.table(of, stack.now)].filter((table) => table !== undefined);
  }
}
