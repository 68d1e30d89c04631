/** The frame of a page that stands for itself: one file, nothing is loaded from anywhere, light and dark as the reader's system is. */
import { escapeXml } from './xml.ts';

export interface Page {
  readonly title: string;
  readonly style: string;
  /** HTML. */
  readonly body: string;
  /** What the scripts read, as JSON in the element with the id `data`. */
  readonly data: unknown;
  /** Run in this order. */
  readonly scripts: readonly string[];
}

export function page({ title, style, body, data, scripts }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeXml(title)}</title>
<style>
${style}
</style>
</head>
<body>
${body}
<script type="application/json" id="data">${jsonForHtml(data)}</script>
${scripts.map((script) => `<script>\n${scriptForHtml(script)}\n</script>`).join('\n')}
</body>
</html>
`;
}

/** JSON in which nothing ends the element that it stands in. */
export const jsonForHtml = (data: unknown): string =>
  JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A library may have such text in a string; the same string is written in another way. */
const scriptForHtml = (script: string): string => script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
