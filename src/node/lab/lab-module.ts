/** Which modules belong to a lab file: what its author wrote, and neither this package nor an installed one. */

/** The compiled sources of this package: this file is in node/lab below them. */
const OWN = new URL('../../', import.meta.url).href;

/** @param url of a module */
export const isLabModule = (url: string): boolean =>
  url.startsWith('file:') && /\.(ts|mts|js|mjs)$/.test(url) && !url.startsWith(OWN) && !url.includes('/node_modules/');
