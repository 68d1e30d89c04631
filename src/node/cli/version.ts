/** Which tapstack this is. */
import { readFileSync } from 'node:fs';

/** Three folders up from here, in the sources as in what is built of them. */
export function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
