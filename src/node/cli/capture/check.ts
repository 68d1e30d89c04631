/** `tapstack capture check`: does a capture show what an exercise asks for? For students, and for the programs that grade them. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Verdict } from '../../../capture/check/check.ts';
import { Check } from '../../../capture/check/check.ts';
import type { Rule } from '../../../capture/check/rules.ts';
import { parseRules, RuleError } from '../../../capture/check/rules.ts';
import { paint } from '../../../capture/words/ansi.ts';
import { plain } from '../../../capture/words/plain.ts';
import { showsColor } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { FILE_HELP, openCapture } from './input.ts';
import { walk } from './walk.ts';

export function addCheck(capture: Command, exit: (code: number) => void): void {
  capture
    .command('check')
    .summary('does a capture show what an exercise asks for?')
    .description(
      'Holds a capture against rules and says line by line what is there and what is missing. Exits with 0 when all of it is ' +
        'there, with 1 when something is missing, with 2 when the rules have a mistake.',
    )
    .argument('<file>', FILE_HELP)
    .argument('<rules>', 'a file with a rule on each line, such as: at least 1: tcp.flags.syn == 1 -- the handshake begins')
    .option('--json', 'as data')
    .action((file: string, rulesFile: string, options: { readonly json?: true }) => {
      const check = new Check(rulesOf(rulesFile));
      for (const { captured } of walk(openCapture(file))) check.see(captured);
      const verdicts = check.verdicts();
      const passed = verdicts.every((verdict) => verdict.passed);
      process.stdout.write(options.json ? `${JSON.stringify(asData(verdicts, passed), undefined, 2)}\n` : asText(verdicts));
      exit(passed ? 0 : 1);
    });
}

function rulesOf(path: string): readonly Rule[] {
  try {
    return parseRules(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(`${path}: ${error.message}`);
    throw new UsageError(`cannot read the rules: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const asData = (verdicts: readonly Verdict[], passed: boolean) => ({
  passed,
  rules: verdicts.map(({ rule, ...found }) => ({ line: rule.line, words: rule.words, ...found })),
});

function asText(verdicts: readonly Verdict[]): string {
  const color = showsColor();
  const lines = verdicts.map(({ rule, passed, seen }) => {
    const mark = passed ? paint('32', '✓', color) : paint('31', '✗', color);
    return `${mark} ${plain(rule.words)}: ${plain(seen)}\n`;
  });
  const count = verdicts.filter(({ passed }) => passed).length;
  return `${lines.join('')}${count} of ${verdicts.length} rules hold\n`;
}
