/**
 * Which test shows which requirement of RFC 9293, and which sections of other RFCs the code and the tests speak of.
 *
 * `node scripts/rfc-coverage.js` writes test/conformance.md and prints a summary, with the results of the last `npm test` when
 * there are any. `--json`: everything as data, and nothing is written. `--check`: nothing is written either, and the exit code
 * is 1 when the page is not what would be written. `--strict`: exit code 1 when a MUST has no test or a failing one, or a
 * SHOULD neither test nor reason. `--root FOLDER`: of another source tree.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PARTLY, REASONS, REQUIREMENTS } from './rfc-9293-requirements.js';
import { RFC_OF_FILE, TCP_RULES } from './tcp-requirements.js';

const PAGE = 'test/conformance.md';
const REPORT = '.test-results/report.json';
const ID = /\b(?:MUST|SHLD|MAY|REC)-\d+\b/g;

/** Comments, strings and regular expressions; what stands between them is code. A template with a template inside comes in parts. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:[!&|?{};]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;
/** Behind this a string is the name of a test or the beginning of a row of its table. */
const NAMES = /(?:\b(?:test|it|describe)(?:\.\w+)*|\))\($|\[$|\bname:$/;

/** `RFC 6298 (5.4), (5.5)`, `RFC 1122 §3.2.1 and §3.3`: a number and the places behind it. */
const PLACE = /§ ?[A-Z]?\d+(?:\.[\dA-Za-z]+)*|\(\d\.\d+\)/g;
const RFC = new RegExp(`\\bRFC (\\d+)((?:(?:,| and| or| to)* (?:${PLACE.source}))*)`, 'g');
const OF_RFC = new RegExp(`(${PLACE.source}) of RFC (\\d+)`, 'g');

/** @returns [rfc, place] pairs; '' when only the RFC is named */
export function mentions(text) {
  const found = [];
  for (const [, rfc, tail] of text.matchAll(RFC)) {
    const places = tail.match(PLACE) ?? [''];
    for (const place of places) found.push([rfc, place.replace('§ ', '§')]);
  }
  for (const [, place, rfc] of text.matchAll(OF_RFC)) found.push([rfc, place]);
  return found;
}

const filesOf = (root, folder, ends) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => ends.some((end) => path.endsWith(end)))
    .sort();

/** The names of tests, describes and rows in a test file, as they are written there. */
export function testNames(source) {
  const names = [];
  for (const token of source.matchAll(TOKEN)) {
    const [text] = token;
    if (!'\'"`'.includes(text[0]) || !NAMES.test(source.slice(0, token.index).trimEnd())) continue;
    names.push(text.slice(1, -1).replace(/\\(.)/g, '$1'));
  }
  return names;
}

const comments = (source) => [...source.matchAll(TOKEN)].map(([text]) => text).filter((text) => /^\/[/*]/.test(text));

/** The comment that a script begins with, without its directives (`level: L1`). */
function headOf(script) {
  const lines = (/^(?:(?:\/\/|#).*\n?)*/.exec(script)?.[0] ?? '').split('\n').map((line) => line.replace(/^(?:\/\/|#)\s*/, ''));
  return lines.filter((line) => line !== '' && !/^[a-z-]+: /.test(line)).join(' ');
}

/** Every named test of the tree: where, its name, what it speaks of. */
function collectTests(root) {
  return filesOf(root, 'test', ['.test.ts', '.pkt'])
    .filter((file) => file !== 'test/conformance.test.ts') // speaks of ids, and shows none
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return (file.endsWith('.pkt') ? [headOf(text)] : testNames(text)).map((name) => ({ file, name }));
    })
    .filter(({ file, name }) => /RFC \d|(?:MUST|SHLD|MAY|REC)-\d/.test(name) || file in RFC_OF_FILE);
}

/** Passed, failed, or undefined when the last run did not have it. */
function resultOf({ file, name }, results) {
  const isScript = file.endsWith('.pkt');
  const wanted = isScript
    ? new RegExp(file.slice('test/drill/'.length).replace(/[.]/g, '\\.'))
    : new RegExp(name.replace(/\$\{[^}]*\}|%[a-z]|\$\w+|[.*+?^${}()|[\]\\]/g, (m) => (m.length > 1 ? '[\\s\\S]*' : `\\${m}`)));
  const ran = results.filter((test) => (isScript || test.file.endsWith(file)) && wanted.test(test.fullName));
  if (ran.length === 0) return undefined;
  return ran.every(({ status }) => status === 'passed') ? 'passed' : 'failed';
}

function readResults(root) {
  try {
    const report = JSON.parse(readFileSync(join(root, REPORT), 'utf8'));
    return report.testResults.flatMap(({ name, assertionResults }) => assertionResults.map((test) => ({ file: name, ...test })));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${REPORT} is not a report of the test runner: ${error.message}`);
  }
}

const listIn = (map, key) => map.get(key) ?? map.set(key, []).get(key);

export function collect(root) {
  const results = readResults(root);
  const tests = collectTests(root).map((test) => (results === undefined ? test : { ...test, result: resultOf(test, results) }));
  const sources = filesOf(root, 'src', ['.ts']).map((file) => ({
    file,
    text: comments(readFileSync(join(root, file), 'utf8')).join('\n'),
  }));
  const byId = new Map();
  for (const test of tests) for (const id of new Set(test.name.match(ID))) listIn(byId, id).push(test);
  const citedBy = new Map();
  for (const { file, text } of sources) for (const id of new Set(text.match(ID))) listIn(citedBy, id).push(file);
  const known = new Set(REQUIREMENTS.map(({ id }) => id));
  return {
    requirements: REQUIREMENTS.map((requirement) => {
      const { id } = requirement;
      const found = { tests: byId.get(id) ?? [], cited: citedBy.get(id) ?? [] };
      return { ...requirement, ...found, reason: REASONS[id], missing: PARTLY[id] };
    }),
    rules: tcpRules(tests),
    rfcs: otherRfcs(tests, sources),
    unknown: [...new Set([...byId.keys(), ...citedBy.keys(), ...Object.keys({ ...REASONS, ...PARTLY })])].filter(
      (id) => !known.has(id),
    ),
    stale: Object.keys(REASONS).filter((id) => byId.has(id)),
    hasResults: results !== undefined,
  };
}

/** [rfc, place] pairs of a test's name; where the file is about one RFC, a bare place is one of that. */
function placesOf({ file, name }) {
  const rfc = RFC_OF_FILE[file];
  const bare = rfc !== undefined && !/^RFC|, RFC/.test(name) ? (name.match(PLACE) ?? []) : [];
  return [...mentions(name), ...bare.map((place) => [rfc, place])];
}

/** The rules of TCP's other RFCs, each with the tests that name its place or a part of it. */
function tcpRules(tests) {
  const named = tests.map((test) => ({ test, places: placesOf(test) }));
  return TCP_RULES.map((rule) => {
    const isIt = ([rfc, place]) =>
      rfc === rule.rfc && (place === rule.place || rule.place === '' || place.startsWith(`${rule.place}.`));
    return { ...rule, tests: named.filter(({ places }) => places.some(isIt)).map(({ test }) => test) };
  });
}

const byPlace = new Intl.Collator('en', { numeric: true }).compare;

/** RFCs other than 9293 that the code cites: the places, and those of them that a test names, itself or a part of it. */
function otherRfcs(tests, sources) {
  const tested = tests.flatMap(({ name }) => mentions(name));
  const cited = new Map();
  for (const { text } of sources) for (const [rfc, place] of mentions(text)) listIn(cited, rfc).push(place);
  cited.delete('9293');
  return [...cited.keys()].sort(byPlace).map((rfc) => {
    const named = tested.filter(([other]) => other === rfc).map(([, place]) => place);
    const places = [...new Set(cited.get(rfc))].filter((place) => place !== '').sort(byPlace);
    const isTested = (place) => named.some((other) => other === place || other.startsWith(`${place}.`));
    return { rfc, cited: places, tested: places.filter(isTested), namedByTests: named.length > 0 };
  });
}

const cell = (text) =>
  text
    .replace(/\$\{[^}]*\}/g, '…')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
const KINDS = { MUST: 'MUST', SHLD: 'SHOULD', MAY: 'MAY', REC: 'recommended' };

function totals(requirements) {
  return Object.entries(KINDS).map(([kind, says]) => {
    const all = requirements.filter(({ id }) => id.startsWith(`${kind}-`));
    const without = all.filter(({ tests }) => tests.length === 0);
    return {
      says,
      count: all.length,
      tested: all.length - without.length,
      reasons: without.filter((r) => r.reason).length,
      without,
    };
  });
}

function requirementRow({ id, sections, says, tests, cited, reason, missing }) {
  const shown = tests.map(({ file, name }) => `${file.slice('test/'.length)}: ${cell(name)}`);
  if (missing !== undefined) shown.push(`**missing**: ${missing}`);
  if (shown.length === 0) shown.push(reason === undefined ? '**no test**' : `no test: ${cell(reason)}`);
  return `| ${id} | ${sections} | ${says} | ${shown.join('<br>')} | ${cited.map((file) => file.slice('src/'.length)).join('<br>')} |`;
}

function rulesPage(rules) {
  const out = ['', '## TCP beyond RFC 9293'];
  for (const rfc of new Set(rules.map((rule) => rule.rfc))) {
    const rows = rules.filter((rule) => rule.rfc === rfc);
    out.push('', `### RFC ${rfc}: ${rows[0].title}`, '', '| place | rule | tests |', '|---|---|---|');
    for (const { place, says, tests, reason = 'none' } of rows) {
      const shown = tests.map(({ file, name }) => `${file.slice('test/'.length)}: ${cell(name)}`);
      out.push(`| ${place} | ${says} | ${shown.length > 0 ? shown.join('<br>') : `no test: ${reason}`} |`);
    }
  }
  return out;
}

export function page({ requirements, rules, rfcs }) {
  const out = [
    '# Conformance',
    '',
    'Written by `npm run coverage:rfc`; do not edit. Results are not part of it: `npm test` has them.',
    '',
  ];
  out.push('## RFC 9293', '', '| | all | with a test | a reason instead |', '|---|---|---|---|');
  for (const { says, count, tested, reasons } of totals(requirements))
    out.push(`| ${says} | ${count} | ${tested} | ${reasons} |`);
  for (const group of new Set(requirements.map((r) => r.group))) {
    out.push('', `### ${group}`, '', '| id | § | requirement | tests | cited in src |', '|---|---|---|---|---|');
    out.push(...requirements.filter((r) => r.group === group).map(requirementRow));
  }
  out.push(...rulesPage(rules));
  out.push(
    '',
    '## Other RFCs',
    '',
    'Sections that the code cites, and those of them that a test names, itself or a part of it.',
    '',
  );
  out.push('| RFC | named by tests | sections in src and tests | sections in src only |', '|---|---|---|---|');
  for (const { rfc, cited, tested, namedByTests } of rfcs) {
    const untested = cited.filter((place) => !tested.includes(place));
    out.push(`| ${rfc} | ${namedByTests ? 'yes' : 'no'} | ${tested.join(', ')} | ${untested.join(', ')} |`);
  }
  return `${out.join('\n')}\n`;
}

/** What `--strict` does not let pass, a line each. */
export function complaints({ requirements, rules, unknown, stale }) {
  const lines = unknown.map((id) => `${id} is no requirement of RFC 9293`);
  lines.push(...stale.map((id) => `${id} has a test and a reason why it has none: delete the reason`));
  for (const { rfc, place, says, tests, reason } of rules)
    if (tests.length === 0 && reason === undefined) lines.push(`RFC ${rfc} ${place} has neither test nor reason: ${says}`);
  for (const { id, says, tests, reason } of requirements) {
    if (id.startsWith('MUST') && tests.length === 0) lines.push(`${id} has no test: ${says}${reason ? ` (${reason})` : ''}`);
    if (id.startsWith('SHLD') && tests.length === 0 && reason === undefined)
      lines.push(`${id} has neither test nor reason: ${says}`);
    for (const { file, name, result } of tests) if (result === 'failed') lines.push(`${id} failed: ${file}: ${name}`);
  }
  return lines;
}

function summary({ requirements, rules, hasResults }) {
  for (const { says, count, tested, reasons, without } of totals(requirements)) {
    console.log(`${says}: ${tested} of ${count} have a test, ${reasons} a reason instead`);
    for (const { id, says: what, reason } of without) console.log(`  ${id.padEnd(8)} ${what}: ${reason ?? 'no test'}`);
  }
  const tested = rules.filter(({ tests }) => tests.length > 0).length;
  console.log(`rules of TCP's other RFCs: ${tested} of ${rules.length} have a test`);
  for (const { id, missing } of requirements) if (missing) console.log(`${id} in part: ${missing}`);
  if (!hasResults) return console.log('no results: `npm test` leaves some');
  const shown = new Set(requirements.flatMap(({ tests }) => tests));
  const count = (result) => [...shown].filter((test) => test.result === result).length;
  console.log(`tests named above: ${count('passed')} passed, ${count('failed')} failed, ${count(undefined)} not in the last run`);
  for (const { file, name, result } of shown) if (result === 'failed') console.log(`  failed: ${file}: ${name}`);
}

/** @returns the exit code */
function main() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      check: { type: 'boolean' },
      strict: { type: 'boolean' },
      root: { type: 'string', default: resolve(import.meta.dirname, '..') },
    },
  });
  const coverage = collect(values.root);
  const path = join(values.root, PAGE);
  const text = page(coverage);
  const wrong = values.strict ? complaints(coverage) : [];
  if (values.json) console.log(JSON.stringify(coverage, undefined, 2));
  else if (values.check) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text)
      wrong.push(`${PAGE} is out of date: npm run coverage:rfc renews it`);
  } else {
    writeFileSync(path, text);
    summary(coverage);
  }
  for (const line of wrong) console.error(line);
  return wrong.length > 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(`rfc-coverage: ${error.message}`);
  process.exitCode = 2;
}
