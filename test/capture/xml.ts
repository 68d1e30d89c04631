/** Checks that a text is well-formed XML: a small strict reader, so that no test trusts the writer under test. */

const NAME = '[A-Za-z_][\\w:.-]*';
const ATTRIBUTE = new RegExp(`^\\s+(${NAME})="([^"<]*)"`);
const OPEN = new RegExp(`^<(${NAME})`);
const CLOSE = new RegExp(`^</(${NAME})\\s*>`);

/** @returns the elements' names in order @throws Error where it is not well-formed */
export function elementsOf(text: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const close = CLOSE.exec(rest);
    const start = OPEN.exec(rest);
    if (close !== null) {
      if (open.pop() !== close[1]) throw new Error(`</${close[1]}> closes another element: ${rest.slice(0, 80)}`);
      rest = rest.slice(close[0].length);
    } else if (start !== null) {
      seen.push(start[1]!);
      rest = attributes(rest.slice(start[0].length));
      if (rest.startsWith('/>')) rest = rest.slice(2);
      else if (rest.startsWith('>')) {
        rest = rest.slice(1);
        open.push(start[1]!);
      } else throw new Error(`<${start[1]} does not end: ${rest.slice(0, 80)}`);
    } else {
      const words = /^[^<]+/.exec(rest)?.[0];
      if (words === undefined) throw new Error(`no markup: ${rest.slice(0, 80)}`);
      checkText(words);
      rest = rest.slice(words.length);
    }
  }
  if (open.length > 0) throw new Error(`<${open.join('> <')}> left open`);
  return seen;
}

function attributes(text: string): string {
  let rest = text;
  const names = new Set<string>();
  for (;;) {
    const found = ATTRIBUTE.exec(rest);
    if (found === null) return rest.trimStart();
    if (names.has(found[1]!)) throw new Error(`attribute ${found[1]} twice`);
    names.add(found[1]!);
    checkText(found[2]!);
    rest = rest.slice(found[0].length);
  }
}

/** Every ampersand begins an entity, and no character is one that XML 1.0 §2.2 forbids. */
function checkText(text: string): void {
  const bad = /&(?!(?:amp|lt|gt|quot|#\d+);)/.exec(text) ?? /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text);
  if (bad !== null) throw new Error(`not allowed in XML: ${JSON.stringify(text.slice(bad.index, bad.index + 20))}`);
}
