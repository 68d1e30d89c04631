/** The index of the gallery: for each scenario its pictures, the question for the class, and what to look at. */
import type { Scenario } from './scenario.ts';
import { CHAPTERS } from './scenario.ts';
import type { Textbook } from './textbook.ts';
import { TEXTBOOKS } from './textbook.ts';

/** A scenario and the names of its files. */
export interface Exhibit {
  readonly scenario: Scenario;
  readonly files: readonly string[];
}

const INTRODUCTION = `# Captures for lectures

Each of these was played by two or more hosts of this stack in virtual time: \`tapstack lab run NAME\` plays it again, packet for
packet, and says what happened; \`tapstack lab run NAME --out FOLDER\` writes its files; \`npm run captures\` makes this folder again,
byte for byte. Open a capture with Wireshark: beside the packets stand comments with what the stack knew when it sent or received
them, in the column or the tree under "Packet comments" (display filter \`frame.comment\`).

A capture shows one end of the wire, as if tcpdump had run on that host: Wireshark takes the second sight of a segment for a
retransmission. What left one end and never arrived at the other is in the ladder; \`--format both-ends\` writes both ends to a file.

\`demo.pcapng\` appears here when \`npm start\` has run; it is not kept in the repository.
`;

/** In Markdown. */
export function galleryIndex(exhibits: readonly Exhibit[]): string {
  const chapters = CHAPTERS.map((chapter) => ({
    chapter,
    inside: exhibits.filter(({ scenario }) => scenario.chapter === chapter),
  })).filter(({ inside }) => inside.length > 0);
  const contents = chapters.map(
    ({ chapter, inside }) =>
      `- **${chapter}**: ${inside.map(({ scenario }) => `[${scenario.name}](#${scenario.name})`).join(', ')}`,
  );
  contents.push('- [By book](#by-book): Kurose and Ross, Stevens, SEED, bufferbloat');
  const sections = chapters.flatMap(({ chapter, inside }) => [`## ${chapter}`, ...inside.map(sectionOf)]);
  return `${[INTRODUCTION, contents.join('\n'), ...sections, textbooks()].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

/** Which of them a book's exercise asks for. */
const textbooks = (): string =>
  [
    '## By book',
    'Which capture an exercise asks for. Where there are rules, `tapstack capture check MINE.pcapng RULES` says line by line what a ' +
      "student's own capture lacks.",
    ...TEXTBOOKS.map(bookOf),
  ].join('\n\n');

function bookOf({ book, labs }: Textbook): string {
  const rows = labs.map(({ lab, asks, scenarios, rules }) => {
    const check = rules === undefined ? '' : `[${rules}.rules](../src/scenarios/textbook/${rules}.rules)`;
    return `| ${lab} | ${asks} | ${scenarios.map((name) => `[${name}](#${name})`).join(', ')} | ${check} |`;
  });
  return [`### ${book}`, '', '| exercise | looks for | captures | rules |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function sectionOf({ scenario, files }: Exhibit): string {
  const { name, title, story, question, rfcs, look } = scenario;
  const pictures = files.filter((file) => file.endsWith('.svg')).map((file) => `![${title}](${file})`);
  const others = files.filter((file) => !file.endsWith('.svg')).map((file) => `[${file}](${file})`);
  return [
    `### ${name}`,
    `**${title}** (${rfcs.join(', ')})`,
    story,
    ...pictures,
    `**For the class:** ${question}`,
    [
      '| display filter | what it shows |',
      '| --- | --- |',
      ...look.map((row) => `| ${cell(row.filter)} | ${row.meaning} |`),
    ].join('\n'),
    `Files: ${others.join(', ')}`,
  ].join('\n\n');
}

/** Code in a cell of a table: a bar would end the cell. */
const cell = (filter: string): string => `\`${filter.replaceAll('|', '\\|')}\``;
