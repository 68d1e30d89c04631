/** What happens in a JSON lab, line by line: a host's command, or one of the lab's own verbs. */
import type { LabStage, Network } from '../../lab/index.ts';
import { NetHost } from '../../lab/index.ts';
import { ScenarioError } from '../../scenarios/scenario.ts';
import type { Micros } from '../../stack/index.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../stack/index.ts';
import { plugOf } from './json-drawing.ts';

export const VERBS = `"NAME COMMAND", "NAME obtain", "wait 5 s", "unplug NAME", "plug NAME", "begin", "tables WHEN", "expect TEXT", "expect no TEXT"`;

const UNITS: Readonly<Record<string, Micros>> = { ms: MILLISECOND, s: SECOND, min: MINUTE };
const LONGEST: Micros = 12 * 60 * MINUTE;

/** A play that goes on. */
export class JsonPlay {
  readonly #net: Network;
  readonly #stage: LabStage;
  readonly #transcript: string[];
  /** What the last command printed. */
  #printed: { readonly line: string; readonly text: string } | undefined = undefined;

  /** @param transcript where commands and what they print go */
  constructor(net: Network, stage: LabStage, transcript: string[]) {
    this.#net = net;
    this.#stage = stage;
    this.#transcript = transcript;
  }

  /** @throws ScenarioError when something else was seen than expected, Error in words when a line cannot be carried out */
  async step(line: string): Promise<void> {
    const [, verb = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
    switch (verb) {
      case 'wait':
        return this.#stage.pause(durationOf(rest));
      case 'unplug':
        return this.#net.cableAt(plugOf(this.#net, rest)).cable.unplug();
      case 'plug':
        return this.#net.cableAt(plugOf(this.#net, rest)).cable.plug();
      case 'begin':
        return this.#stage.begin();
      case 'tables':
        return this.#stage.showTables(rest === '' ? 'now' : rest);
      case 'expect':
        return this.#expect(rest);
      default:
        return this.#command(verb, rest);
    }
  }

  async #command(name: string, command: string): Promise<void> {
    const node = this.#net.nodes().find((one) => one.name === name);
    if (node === undefined) {
      const names = this.#net.nodes().map((one) => one.name);
      throw new RangeError(`"${name}" is no device and no verb; there are ${names.join(', ') || 'no devices'}, and ${VERBS}`);
    }
    if (!(node instanceof NetHost)) throw new RangeError(`${name} takes no commands: it is a ${node.kind}`);
    if (command === '') throw new RangeError(`${name} is to do nothing: write a command, such as "${name} arp -a"`);
    const text = command === 'obtain' ? await obtain(node) : await node.run(command);
    this.#printed = { line: `${name} ${command}`, text };
    this.#transcript.push(`${name}> ${command}`, text);
  }

  #expect(rest: string): void {
    const isNot = /^no\s/.test(rest);
    const wanted = isNot ? rest.slice(2).trim() : rest;
    if (wanted === '') throw new RangeError('expect wants a text that the last command has printed: "expect 2 received"');
    if (this.#printed === undefined) throw new RangeError('nothing was printed yet that could hold what is expected');
    const { line, text } = this.#printed;
    const what = `"${line}" prints ${isNot ? 'no ' : ''}"${wanted}"`;
    const said = text.split('\n').map((one) => `  ${one}`);
    if (text.includes(wanted) === isNot) throw new ScenarioError(`expected that ${what}, but it printed\n${said.join('\n')}`);
    this.#stage.expectThat(what, true, text);
  }
}

async function obtain(host: NetHost): Promise<string> {
  const { lease } = await host.obtainAddress();
  return lease === undefined ? 'no address' : `${host.address}`;
}

function durationOf(words: string): Micros {
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,6})?)\s*(ms|s|min)$/.exec(words) ?? [];
  const time = Math.round(Number(number) * (UNITS[unit] ?? Number.NaN));
  if (number !== '' && time <= LONGEST) return time;
  throw new RangeError(`wait wants a time up to 12 hours, such as "wait 5 s", "wait 200 ms" or "wait 2 min", not "${words}"`);
}
