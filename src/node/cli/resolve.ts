/** `tapstack resolve`: a name looked up by the stack's own client of DNS. */
import { dataText, Forwarder, questionType, rcodeName, reverseName, shown, typeOf } from '../../services/dns/index.ts';
import { problemOfName, withoutDot } from '../../services/dns/name.ts';
import { ipv4, parseV4 } from '../../stack/index.ts';
import type { Micros } from '../../stack/time.ts';
import { hostTimekeeper } from '../host-timekeeper.ts';
import { SecureRandom } from '../secure-random.ts';
import type { NetworkOptions } from './network-options.ts';
import { openSession, printer } from './session.ts';
import { UsageError } from './usage-error.ts';

export interface ResolveOptions extends NetworkOptions {
  readonly server: string;
  readonly port: number;
  readonly overTcp?: boolean;
  readonly timeout: Micros;
}

/** @returns 0 when there is such a record */
export async function resolve([name = '', type]: readonly string[], options: ResolveOptions): Promise<number> {
  const question = questionOf(name, type);
  const { server, port, overTcp = false, timeout } = options;
  const session = await openSession(options, { print: printer(options, true) });
  const time = hostTimekeeper(session.host.clock);
  const setting = { stack: session.host.stack, time, random: new SecureRandom() };
  const client = new Forwarder({ ...setting, servers: [ipv4(server)], port, overTcp, timeout });
  const { rcode, answers, note } = await client.resolve(question);
  for (const record of answers)
    process.stdout.write(`${shown(record.name)} ${record.ttl} ${typeOf(record)} ${dataText(record.data)}\n`);
  await session.close();
  if (answers.some((record) => question.type === 'ANY' || typeOf(record) === question.type)) return 0;
  process.stderr.write(`${shown(question.name)} ${question.type}: ${note} (${rcodeName(rcode)})\n`);
  return 1;
}

/** An address is looked up for its name. @throws UsageError when it is no question */
function questionOf(name: string, type: string | undefined) {
  if (parseV4(name) !== undefined && type === undefined) return { name: reverseName(name), type: 'PTR', class: 'IN' };
  const problem = name === '' ? 'it is empty' : problemOfName(name);
  if (problem !== undefined) throw new UsageError(`"${name}" is no name: ${problem}`);
  const known = questionType(type ?? 'A');
  if (known === undefined)
    throw new UsageError(`"${type}" is no type of records such as A, AAAA, MX, TXT, NS, SOA, PTR, SRV or TYPE65`);
  return { name: withoutDot(name), type: known, class: 'IN' };
}
