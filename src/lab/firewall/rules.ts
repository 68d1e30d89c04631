/** The rules of a firewall in their order, what stands before and behind them, and what each has counted. */
import { chainOf, parseRule, ruleWords } from './parse-rule.ts';
import type { Action, Candidate, Chain, Rule, Test } from './rule.ts';
import { CHAINS, testsOf } from './rule.ts';

/** Something that decides about packets. */
export interface Counted {
  readonly name: string;
  readonly action: Action;
  /** The chain that it stands in; '': all of them. */
  readonly chain: Chain | '';
  /** Which packets are meant, in words. */
  readonly words: string;
  packets: number;
  bytes: number;
}

interface Compiled extends Counted {
  readonly rule: Rule;
  readonly tests: readonly Test[];
}

type Policy = Readonly<Record<Chain, Action>>;

const counted = (name: string, action: Action, chain: Counted['chain'], words: string): Counted => ({
  name,
  action,
  chain,
  words,
  packets: 0,
  bytes: 0,
});

const MAX_RULES = 1_000;

export class Rules {
  /** What belongs to a connection that was let pass. */
  readonly known: Counted = counted('established', 'accept', '', 'state established,related');
  readonly invalid: Counted = counted('invalid', 'drop', '', 'state invalid');
  /** What there was no room for. */
  readonly full: Counted = counted('connection table full', 'drop', '', 'state new, and no room');
  readonly #rules: readonly Compiled[];
  readonly #policies: Readonly<Record<Chain, Counted>>;
  readonly #isStateful: boolean;

  /** @throws RangeError in words for the person who wrote them */
  constructor(rules: readonly (string | Rule)[], policy: Policy, isStateful: boolean) {
    this.#isStateful = isStateful;
    if (rules.length > MAX_RULES) throw new RangeError(`${rules.length} rules are too many: ${MAX_RULES} at most`);
    this.#rules = rules.map((rule, index) => compiled(typeof rule === 'string' ? parseRule(rule) : rule, index, isStateful));
    const of = (chain: Chain): Counted => counted(`policy of ${chain}`, policy[chain], chain, 'everything else');
    this.#policies = { forward: of('forward'), input: of('input'), output: of('output') };
    const names = this.#rules.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index || this.#built().some((one) => one.name === name));
    if (twice !== undefined) throw new RangeError(`two rules have the name "${twice}"`);
  }

  /** The first that means the packet. */
  decide(chain: Chain, candidate: Candidate): Counted {
    const { state } = candidate;
    if (this.#isStateful && (state === 'established' || state === 'related')) return this.known;
    // what the host itself says of a packet that came no further than here is about nothing known
    if (state === 'invalid' && chain !== 'output') return this.invalid; // what cannot be read too, remembered or not
    for (const rule of this.#rules) {
      if (rule.chain !== chain) continue;
      if (rule.tests.every((test) => test(candidate))) return rule;
    }
    return this.#policies[chain];
  }

  find(name: string): Counted | undefined {
    return this.list().find((one) => one.name === name);
  }

  /** In the order in which packets meet them. */
  list(): readonly Counted[] {
    const before = this.#isStateful ? [this.known, this.invalid] : [];
    if (!this.#isStateful && this.invalid.packets > 0) before.push(this.invalid);
    const behind = this.full.packets > 0 ? [this.full] : [];
    const chains = CHAINS.flatMap((chain) => [...this.#rules.filter((rule) => rule.chain === chain), this.#policies[chain]]);
    return [...before, ...chains, ...behind];
  }

  /** @throws RangeError when a rule names an interface that is not among these */
  checkNames(interfaces: readonly string[]): void {
    for (const { name, rule } of this.#rules) {
      for (const wanted of [rule.in, rule.out]) {
        if (wanted === undefined || interfaces.includes(wanted)) continue;
        throw new RangeError(`${name} speaks of the interface "${wanted}", but there are ${interfaces.join(', ')}`);
      }
    }
  }

  #built(): readonly Counted[] {
    return [this.known, this.invalid, this.full, ...Object.values(this.#policies)];
  }
}

function compiled(rule: Rule, index: number, isStateful: boolean): Compiled {
  const name = rule.name ?? `rule ${index + 1}`;
  if (!isStateful && rule.states !== undefined)
    throw new RangeError(`${name} asks for a state, but this firewall remembers none (stateful: false)`);
  return { ...counted(name, rule.action, chainOf(rule), ruleWords(rule)), rule, tests: testsOf(rule) };
}
