/** What a script says about itself in its first comments: `// level: L1`, `// personality: freebsd`. */
import type { PersonalityName } from '../sut/personality.ts';
import type { Level } from './verdict.ts';

export interface Statement {
  readonly level: Level | undefined;
  readonly personality: PersonalityName | undefined;
}

export function statementOf(text: string): Statement {
  const level = /^[ \t]*(?:\/\/|#)[ \t]*level:[ \t]*L([0-3])\b/m.exec(text)?.[1];
  const personality = /^[ \t]*(?:\/\/|#)[ \t]*personality:[ \t]*(linux|freebsd)\b/m.exec(text)?.[1];
  return {
    level: level === undefined ? undefined : (Number(level) as Level),
    personality: personality === undefined ? undefined : (personality as PersonalityName),
  };
}
