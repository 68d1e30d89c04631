/**
 * Filters: which frames of a capture are meant. A part of the language of Wireshark's display filters, with the same names and
 * the same meaning: comparisons (== != < <= > >= and their words), "in {80 443}", "contains", "and", "or", "not", brackets, and
 * the bare name of a field or protocol for "is there".
 */
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import { compile } from './compile.ts';
import type { Expression } from './expression.ts';
import { parse } from './parser.ts';

export interface FrameFilter {
  /** Frames have to be asked about in the order of the capture only where their numbers and times come from a walk. */
  matches(frame: CapturedFrame): boolean;
  /** What a person who wrote this may not have meant, a line each. */
  readonly hints: readonly string[];
}

/**
 * @param text such as `tcp.port == 80 and ip.addr == 10.0.0.1`; empty: every frame
 * @throws FilterError with the column and with what would be right
 */
export function parseFilter(text: string): FrameFilter {
  const expression = parse(text);
  return { matches: compile(expression), hints: [...new Set(hintsOf(expression))] };
}

/** A flag alone asks whether it is there, which it is in every header: Wireshark means the same, and surprises many. */
function hintsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return [...hintsOf(expression.left), ...hintsOf(expression.right)];
    case 'not':
      return hintsOf(expression.inner);
    case 'exists': {
      const { operand } = expression;
      if (operand.kind !== 'field' || operand.field.info.type !== 'flag') return [];
      return [`${operand.name} asks whether there is such a flag, set or not, as in Wireshark; set is: ${operand.name} == 1`];
    }
    default:
      return [];
  }
}
