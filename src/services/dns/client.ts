/** The resolver inside of a host: its cache first, then its hosts file, then the servers that it was told of. */
import type { Micros } from '../../stack/index.ts';
import type { DnsCache } from './cache.ts';
import { Forwarder, type ForwarderOptions } from './forwarder.ts';
import { LocalNames, parseHosts } from './local-names.ts';
import type { DnsQuestion } from './message.ts';
import { NOERROR, NXDOMAIN, typeOf } from './message.ts';
import { problemOfName, ROOT, reverseName, shown, withoutDot } from './name.ts';
import type { Resolution } from './resolution.ts';

export interface DnsClientOptions extends ForwarderOptions {
  /** The text of a hosts file. @default none */
  readonly hosts?: string;
  /** Domains that are put behind names without a dot, in this order: "example.com". @default none */
  readonly search?: readonly string[];
}

export type DnsFailure = 'no such name' | 'no data' | 'no answer' | 'not a name';

export class DnsError extends Error {
  override readonly name = 'DnsError';
  readonly reason: DnsFailure;

  constructor(reason: DnsFailure, what: string) {
    super(`${what}: ${reason}`);
    this.reason = reason;
  }
}

export class DnsClient {
  readonly #hosts: LocalNames;
  readonly #upstream: Forwarder;
  readonly #options: DnsClientOptions;

  /** @throws ZoneError when the hosts file cannot be read */
  constructor(options: DnsClientOptions) {
    this.#options = options;
    this.#hosts = options.hosts === undefined ? new LocalNames() : parseHosts(options.hosts);
    this.#upstream = new Forwarder(options);
  }

  get cache(): DnsCache | undefined {
    return this.#upstream.cache;
  }

  /** What came that was not believed, by why: "wrong id". */
  get ignored(): ReadonlyMap<string, number> {
    return this.#upstream.ignored;
  }

  /** The rows of its cache now: see `CACHE_COLUMNS`. */
  rows(now: Micros = this.#options.time.now()): string[][] {
    return this.cache?.rows(now) ?? [];
  }

  /**
   * The IPv4 addresses of a name; an address is its own.
   * @throws DnsError when there are none
   */
  async lookup(name: string): Promise<string[]> {
    const { answers } = await this.resolve(name, 'A');
    return answers.flatMap(({ data }) => (data.type === 'A' ? [data.address] : []));
  }

  /**
   * Records of a name, the aliases that lead to them first. A name without a dot is looked for in the search domains before it
   * is tried as it is.
   * @throws DnsError when there are none
   */
  async resolve(name: string, type: string): Promise<Resolution> {
    const problem = problemOfName(name);
    if (problem !== undefined) throw new DnsError('not a name', `"${name}": ${problem}`);
    let last: Resolution | undefined;
    for (const candidate of this.#candidates(name, type)) {
      last = await this.ask({ name: candidate, type, class: 'IN' });
      if (last.answers.some((record) => type === 'ANY' || typeOf(record) === type)) return last;
    }
    throw new DnsError(
      failureOf(last),
      `${shown(name)} ${type}${last?.rcode === NOERROR || last === undefined ? '' : ` (${last.note})`}`,
    );
  }

  /** The names of an IPv4 address. @throws DnsError when there are none */
  async reverse(address: string): Promise<string[]> {
    const { answers } = await this.resolve(reverseName(address), 'PTR');
    return answers.flatMap(({ data }) => (data.type === 'PTR' ? [data.target] : []));
  }

  /** One question, whatever comes of it. */
  async ask(question: DnsQuestion): Promise<Resolution> {
    return this.#upstream.known(question) ?? this.#hosts.find(question) ?? this.#upstream.resolve(question);
  }

  #candidates(name: string, type: string): string[] {
    const plain = withoutDot(name);
    const isLocal = this.#hosts.find({ name: plain, type, class: 'IN' }) !== undefined;
    if (isLocal || plain === ROOT || name.endsWith('.') || plain.includes('.')) return [plain];
    return [...(this.#options.search ?? []).map((domain) => `${plain}.${withoutDot(domain)}`), plain];
  }
}

function failureOf(resolution: Resolution | undefined): DnsFailure {
  if (resolution?.rcode === NXDOMAIN) return 'no such name';
  return resolution?.rcode === NOERROR ? 'no data' : 'no answer';
}
