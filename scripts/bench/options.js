/** The command line of the benchmark. */

export const HELP = `Usage: npm run bench -- [options]

Measures the stack on a TAP beside the kernel over a veth pair, in alternating rounds; prints a table, and writes the numbers
as JSON and a chart as SVG. Under five minutes.

  --quick            fewer and shorter rounds: a minute's check, not for figures
  --only CASE[,...]  these cases; may be given more than once
  --profile CASE     this case, with a CPU profile of the stack's process, and the functions in which it spent its time
  --rounds N         rounds of each case (default 5)
  --seconds S        length of one measurement (default 1)
  --out FOLDER       where the files go (default .bench/ and the time)
  --markdown         the table as Markdown
  --list             the names of the cases
  --help             this text
`;

/** Somebody asked for what cannot be: one line, exit code 2. */
export class UsageError extends Error {}

const number = (name, parse, limit, words) => (text) => {
  const value = parse(text);
  if (!(value > 0 && value <= limit)) throw new UsageError(`${name} takes ${words}, not "${text}"`);
  return value;
};

const wholeNumber = (text) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);
const decimal = (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/**
 * @param words after the program's name
 * @param known names of cases
 * @throws UsageError
 */
export function readOptions(words, known) {
  const options = { only: [], quick: false, markdown: false, list: false, help: false };
  const oneOf = (text) => {
    if (!known.includes(text)) throw new UsageError(`there is no case "${text}"; there are ${known.join(', ')}`);
    return text;
  };
  const valued = {
    '--only': (text) => options.only.push(...text.split(',').map(oneOf)),
    '--profile': (text) => {
      options.profile = oneOf(text);
    },
    '--rounds': (text) => {
      options.rounds = number('--rounds', wholeNumber, 100, 'a whole number from 1 to 100')(text);
    },
    '--seconds': (text) => {
      options.seconds = number('--seconds', decimal, 60, 'a number above 0 and up to 60')(text);
    },
    '--out': (text) => {
      options.out = text;
    },
  };
  for (let at = 0; at < words.length; at++) {
    const [name, inline] = split(words[at]);
    if (Object.hasOwn(valued, name)) {
      const text = inline ?? words[++at];
      if (text === undefined || text === '') throw new UsageError(`${name} needs a value; see --help`);
      valued[name](text);
    } else if (['--quick', '--markdown', '--list', '--help'].includes(name) && inline === undefined) {
      options[name.slice(2)] = true;
    } else throw new UsageError(`there is no option "${words[at]}"; see --help`);
  }
  const { quick } = options;
  return {
    rounds: quick ? 3 : 5,
    seconds: quick ? 0.4 : 1,
    ...options,
    only: options.profile ? [options.profile] : options.only,
  };
}

/** "--only=ping" is "--only ping". */
function split(word) {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
