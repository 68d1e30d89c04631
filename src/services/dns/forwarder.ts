/** Who passes questions on to a resolver and remembers the answers: a home router's, and inside every host. */
import type { IpAddress, Micros } from '../../stack/index.ts';
import { SECOND } from '../../stack/index.ts';
import { type CacheOptions, DnsCache, TRUST } from './cache.ts';
import type { AskerSetting } from './exchange.ts';
import { askServer } from './exchange.ts';
import type { DnsMessage, DnsQuestion } from './message.ts';
import { NOERROR, NXDOMAIN, rcodeName, typeOf } from './message.ts';
import { isWithin, keyOf } from './name.ts';
import { setsOf } from './recursion.ts';
import type { Resolution, Resolver } from './resolution.ts';
import { failure, followChain, fromCache } from './resolution.ts';

export interface ForwarderOptions extends AskerSetting, CacheOptions {
  /** Asked in this order. */
  readonly servers: readonly IpAddress[];
  /** Where they listen. @default 53 */
  readonly port?: number;
  /** How long each is waited for. @default 5 s, as everywhere */
  readonly timeout?: Micros;
  /** How often the list is gone through. @default 2 */
  readonly attempts?: number;
  /** Ask over TCP at once. @default false */
  readonly overTcp?: boolean;
  /** Whether answers are remembered. @default true */
  readonly remembers?: boolean;
  readonly onEvent?: (line: string) => void;
}

const TIMEOUT: Micros = 5 * SECOND;
const ATTEMPTS = 2;
const MAX_AT_ONCE = 256;

export class Forwarder implements Resolver {
  readonly cache: DnsCache | undefined;
  /** What came that was not believed, by why. */
  readonly ignored = new Map<string, number>();
  readonly #options: ForwarderOptions;
  readonly #running = new Map<string, Promise<Resolution>>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.cache = options.remembers === false ? undefined : new DnsCache(options);
  }

  known(question: DnsQuestion): Resolution | undefined {
    return this.cache && fromCache(this.cache, question, this.#options.time.now()).resolution;
  }

  resolve(question: DnsQuestion): Promise<Resolution> {
    const known = this.known(question);
    if (known !== undefined) {
      if (this.cache !== undefined) this.cache.hits++;
      return Promise.resolve(known);
    }
    if (this.cache !== undefined) this.cache.misses++;
    const key = `${keyOf(question.name)} ${question.type}`;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    if (this.#running.size >= MAX_AT_ONCE) return Promise.resolve(failure('too many questions at once'));
    const work = this.#ask(question).finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }

  async #ask(question: DnsQuestion): Promise<Resolution> {
    const { servers, attempts = ATTEMPTS, onEvent } = this.#options;
    let why = 'no server to ask';
    for (let attempt = 0; attempt < attempts; attempt++) {
      for (const server of servers) {
        const response = await this.#askOne(server, question, attempt);
        if (typeof response !== 'string') return this.#accept(question, response, `${server}`);
        why = `${server}: ${response}`;
        onEvent?.(why);
      }
    }
    return failure(why);
  }

  /** @returns why there is no answer that settles it as a text */
  async #askOne(server: IpAddress, question: DnsQuestion, attempt: number): Promise<DnsMessage | string> {
    const { timeout = TIMEOUT, port, overTcp = false } = this.#options;
    const note = `asks ${server}${attempt === 0 ? '' : ', once more'}`;
    const where = port === undefined ? { server } : { server, port };
    const exchange = await askServer(this.#options, { ...where, question, recursionDesired: true, timeout, overTcp, note });
    for (const [reason, count] of exchange.ignored) this.ignored.set(reason, (this.ignored.get(reason) ?? 0) + count);
    const { response, problem } = exchange;
    if (response === undefined) return problem;
    return response.rcode === NOERROR || response.rcode === NXDOMAIN ? response : rcodeName(response.rcode);
  }

  /** Only the chain from what was asked for is taken, and only it is kept. */
  #accept(question: DnsQuestion, response: DnsMessage, from: string): Resolution {
    const now = this.#options.time.now();
    const { records, end, isComplete } = followChain(response.answers, question);
    for (const set of setsOf(records)) this.cache?.put(set, TRUST.answer, from, now);
    const { rcode } = response;
    const soa = response.authorities.find((record) => typeOf(record) === 'SOA' && isWithin(keyOf(end), keyOf(record.name)));
    if (isComplete) return { rcode, answers: records, authorities: [], from, note: `from ${from}` };
    const kind = rcode === NXDOMAIN ? 'no such name' : 'no data';
    if (soa !== undefined) this.cache?.putNo(kind, { name: end, type: question.type, soa }, from, now);
    return { rcode, answers: records, authorities: soa === undefined ? [] : [soa], from, note: `${kind}, says ${from}` };
  }
}
