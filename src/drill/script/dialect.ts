/** Which dialect a script is written in, as far as its text tells. */
import type { Dialect } from './ast.ts';

/** Comments with `#`, the names of FreeBSD's sysctls, and its tools. */
const FREEBSD = /^\s*#|\bnet\.inet6?\.|\b(?:sockstat|tcpdrop|kldload|kldstat)\b|\btcpi_.*__|--ip_version=ipv4\s*\n\s*#/m;

export const detectDialect = (text: string): Dialect => (FREEBSD.test(text) ? 'freebsd' : 'google');
