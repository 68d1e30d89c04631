/** What a router does beside routing: it translates addresses, and lets pass or does not. A host may have a firewall too. */
import type { Micros, PacketHooks, Stack } from '../../stack/index.ts';
import { chainHooks } from '../../stack/index.ts';
import type { FirewallOptions } from '../firewall/firewall.ts';
import { Firewall } from '../firewall/firewall.ts';
import type { Timed } from '../machine.ts';
import { Nat } from '../nat/nat.ts';
import type { NatOptions } from '../nat/options.ts';
import type { Table } from './table.ts';
import type { TopologyNode } from './topology.ts';

export interface MiddleboxOptions {
  /** Address translation; its `outside` is the name of a port. */
  readonly nat?: NatOptions | undefined;
  /** Which packets it lets pass; its rules see the addresses inside. */
  readonly firewall?: FirewallOptions | undefined;
  /** Whatever else looks at packets; asked before these. */
  readonly hooks?: PacketHooks | undefined;
}

export class Middlebox {
  readonly nat: Nat | undefined;
  readonly firewall: Firewall | undefined;
  readonly hooks: PacketHooks | undefined;
  /** What forgets in time; to be run with the stack that it stands on. */
  readonly parts: readonly Timed[];

  /**
   * @param onForgotten told when time has passed and something is not known any more
   * @throws RangeError in words when something about it cannot be used
   */
  constructor({ nat, firewall, hooks }: MiddleboxOptions, onForgotten: () => void = () => {}) {
    this.nat = nat && new Nat(nat);
    this.firewall = firewall && new Firewall(firewall);
    const all = [hooks, this.firewall?.hooks, this.nat?.hooks].filter((one) => one !== undefined);
    this.hooks = all.length < 2 ? all[0] : chainHooks(...all);
    const forgetful = [this.nat, this.firewall].filter((one) => one !== undefined);
    this.parts = forgetful.map((one) => ({
      nextTimeout: () => one.nextTimeout(),
      run: (now: Micros) => {
        if (one.nextTimeout() > now) return;
        one.expire(now);
        onForgotten();
      },
    }));
  }

  /** How it is drawn. */
  get kind(): TopologyNode['kind'] {
    if (this.nat !== undefined) return 'nat';
    return this.firewall === undefined ? 'router' : 'firewall';
  }

  /** What it is known by outside, beside the addresses of its ports. */
  get addresses(): readonly string[] {
    return this.nat?.addresses ?? [];
  }

  /** The stack has its interfaces. @throws RangeError in words when they have other names */
  joins(stack: Stack): void {
    this.nat?.joins(stack);
    this.firewall?.joins(stack);
  }

  tables(of: string, now: Micros): readonly Table[] {
    const tables = [this.nat?.table(of, now), ...(this.firewall?.tables(of, now) ?? [])];
    return tables.filter((table) => table !== undefined);
  }
}
