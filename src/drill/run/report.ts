/** A verdict as a person wants to read it. */
import { SECOND } from '../../stack/time.ts';
import type { Failure, Row, Verdict } from './verdict.ts';

export interface ReportOptions {
  /** Also what decides nothing: warnings. */
  readonly verbose?: boolean;
}

/** @param name of the script, for `name:line` */
export function reportOn(name: string, verdict: Verdict, { verbose = false }: ReportOptions = {}): string {
  const warnings = verbose ? verdict.warnings.map((warning) => `    note: ${warning}`) : [];
  switch (verdict.kind) {
    case 'pass':
      return [`${name}: passes at L${verdict.level}`, ...warnings].join('\n');
    case 'unsupported':
      return [`${name}:${verdict.line}: unsupported: ${verdict.reason}`, ...warnings].join('\n');
    case 'fail':
      return [...reportFailure(name, verdict.failure), ...warnings].join('\n');
  }
}

function reportFailure(name: string, failure: Failure): string[] {
  const { line, event, at, field, expected, actual, comparison, history } = failure;
  const body = comparison.length > 0 ? ['', ...tableOf(comparison)] : [`    expected  ${expected}`, `    got       ${actual}`];
  return [
    `${name}:${line}: FAIL in ${field} at ${(at / SECOND).toFixed(6)} s`,
    `    ${event}`,
    ...body,
    '',
    '  the last events before:',
    ...history.map((entry) => `    ${entry}`),
  ];
}

/** Script and stack side by side; what differs is marked. */
function tableOf(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(({ script }) => script.length), 'script'.length);
  const line = (mark: string, field: string, script: string, stack: string): string =>
    `  ${mark} ${field.padEnd(8)}  ${script.padEnd(width)}  ${stack}`.trimEnd();
  return [
    line(' ', '', 'script', 'stack'),
    ...rows.map((row) => line(row.differs ? '*' : ' ', row.field, row.script, row.stack)),
  ];
}
