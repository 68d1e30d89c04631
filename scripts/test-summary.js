/** Reads the test runner's JSON report, says what came of it, and decides the exit code. */
import { readFileSync } from 'node:fs';

const [path, status] = process.argv.slice(2);
let report;
try {
  report = JSON.parse(readFileSync(path, 'utf8'));
} catch (error) {
  console.error(`the test runner left no report: ${error.message}`);
  process.exit(1);
}
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: pending = 0, numTodoTests: todo = 0 } = report;
const skipped = pending + todo;
if (skipped > 0) console.error(`${skipped} tests were skipped: every test must run`);
if (passed + failed === 0) console.error('no test ran');
console.log(`${passed} passed, ${failed} failed`);
process.exit(status !== '0' || failed > 0 || skipped > 0 || passed === 0 ? 1 : 0);
