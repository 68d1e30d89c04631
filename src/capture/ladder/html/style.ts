/** How the page around a ladder looks. */
import { DARK, FONT_FAMILY, LIGHT, type Palette } from '../../picture/palette.ts';

const variables = ({ paper, ink, grey, faint, blue }: Palette): string =>
  `:root { --paper: ${paper}; --ink: ${ink}; --grey: ${grey}; --faint: ${faint}; --blue: ${blue}; }`;

export const PAGE_STYLE = `${variables(LIGHT)}
@media screen and (prefers-color-scheme: dark) { ${variables(DARK)} }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/1.45 ${FONT_FAMILY}; }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: 8px 20px; padding: 10px 20px;
  background: var(--paper); border-bottom: 1px solid var(--faint); }
h1 { margin: 0 auto 0 0; font-size: 17px; }
input { width: 270px; margin-left: 6px; padding: 5px 9px; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--grey); border-radius: 6px; }
input:focus, #picture:focus { outline: 2px solid var(--blue); outline-offset: 1px; }
#picture:focus:not(:focus-visible) { outline: none; }
output { min-width: 110px; color: var(--grey); font-size: 12px; }
main { display: flex; align-items: flex-start; }
#picture { flex: 1 1 auto; min-width: 0; overflow-x: auto; }
#picture svg { display: block; max-width: 100%; min-width: 860px; height: auto; }
aside { flex: 0 0 300px; position: sticky; top: 52px; max-height: calc(100vh - 64px); overflow-y: auto; margin: 12px 16px 12px 4px;
  padding: 12px 14px; border: 1px solid var(--faint); border-radius: 8px; font-size: 13px; }
aside h2 { margin: 0 0 8px; font-size: 14px; }
aside .hint { margin: 0; color: var(--grey); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 10px; margin: 0; }
dt { color: var(--grey); }
dd { margin: 0; overflow-wrap: anywhere; }
svg .row { cursor: pointer; }
svg .row.hidden { opacity: .09; }
svg .row.near .arrow { stroke-width: 3.2; }
svg .row.near .label, svg .row.near .note { text-decoration: underline; text-underline-offset: 2px; }
svg .row.kept .back { fill: var(--blue); fill-opacity: .16; }
@media (max-width: 1540px) { main { display: block; } aside { position: fixed; inset: auto 0 0 0; max-height: 40vh; margin: 0;
  border-radius: 8px 8px 0 0; background: var(--paper); } }
@media print { header { position: static; border: 0; } label, output, aside { display: none !important; } main { display: block; }
  #picture { overflow: visible; } #picture svg { width: 100%; height: auto; } svg .row.hidden { opacity: 1; } }`;
