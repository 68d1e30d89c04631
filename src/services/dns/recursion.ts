/** A resolver that finds out by itself, RFC 1034 §5.3.3: from the root down to whom a name belongs to, and it remembers the way. */
import type { IpAddress, Micros } from '../../stack/index.ts';
import { formatV4, fromV4, parseV4, SECOND } from '../../stack/index.ts';
import { type CacheOptions, DnsCache, TRUST } from './cache.ts';
import { classify, type Meaning } from './classify.ts';
import type { AskerSetting, Exchange } from './exchange.ts';
import { askServer } from './exchange.ts';
import type { DnsQuestion, DnsRecord } from './message.ts';
import { NOERROR, NXDOMAIN, typeOf } from './message.ts';
import { ancestorsOf, isWithin, keyOf, ROOT, shown } from './name.ts';
import type { Resolution, Resolver } from './resolution.ts';
import { failure, fromCache, MAX_ALIASES } from './resolution.ts';
import { ServerTimes } from './server-times.ts';

export interface RecursiveOptions extends AskerSetting, CacheOptions {
  /** The servers of the root, by name: where every search begins. */
  readonly hints: Readonly<Record<string, IpAddress>>;
  /** How long one server is waited for; the second time twice as long. @default 1 s */
  readonly timeout?: Micros;
  /** Told what happens: a line for people. */
  readonly onEvent?: (line: string) => void;
}

/** What one question of a client may cost at most, whoever wants to keep us busy. */
const MAX_QUESTIONS = 48;
/** Servers whose addresses have to be found out first, one inside of the other. */
const MAX_DEPTH = 4;
const MAX_REFERRALS = 16;
/** Addresses of one zone that are asked, in all rounds. */
const MAX_SERVERS = 8;
const ROUNDS = 2;
/** Questions of clients that are worked on at once. */
const MAX_AT_ONCE = 256;
const FAILURE_TTL = 5;
const TIMEOUT: Micros = SECOND;

/** What is left of the limits, for one question of a client. */
interface Budget {
  questions: number;
  depth: number;
}

/** A zone, and the addresses of those who know it. */
interface Place {
  readonly zone: string;
  readonly servers: readonly string[];
}

export class RecursiveResolver implements Resolver {
  readonly cache: DnsCache;
  /** What came that was not believed, by why. */
  readonly ignored = new Map<string, number>();
  readonly #options: RecursiveOptions;
  readonly #times = new ServerTimes();
  /** The same question from several clients is asked once: each more would be one more to guess the answer of. */
  readonly #running = new Map<string, Promise<Resolution>>();

  constructor(options: RecursiveOptions) {
    this.#options = options;
    this.cache = new DnsCache(options);
  }

  known(question: DnsQuestion): Resolution | undefined {
    return fromCache(this.cache, question, this.#now()).resolution;
  }

  resolve(question: DnsQuestion): Promise<Resolution> {
    const known = this.known(question);
    if (known !== undefined) {
      this.cache.hits++;
      return Promise.resolve(known);
    }
    this.cache.misses++;
    const key = `${keyOf(question.name)} ${question.type}`;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    if (this.#running.size >= MAX_AT_ONCE) return Promise.resolve(failure('too many questions at once'));
    const work = this.#resolve(question, { questions: MAX_QUESTIONS, depth: 0 }).finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }

  /** Alias after alias, each found from the cache or from the root down. */
  async #resolve(question: DnsQuestion, budget: Budget): Promise<Resolution> {
    const before = budget.questions;
    const answers: DnsRecord[] = [];
    let name = question.name;
    for (let step = 0; step <= MAX_ALIASES && answers.length <= MAX_ALIASES; step++) {
      const known = fromCache(this.cache, { ...question, name }, this.#now());
      if (known.resolution !== undefined) {
        return { ...known.resolution, answers: [...answers, ...known.resolution.answers] };
      }
      answers.push(...known.aliases);
      const { meaning, from } = await this.#walk({ ...question, name: known.end }, budget);
      if (meaning.kind === 'useless' || meaning.kind === 'referral') {
        const why = meaning.kind === 'useless' ? meaning.why : 'too many referrals';
        this.cache.putFailure(question.name, question.type, FAILURE_TTL, this.#now());
        return failure(why);
      }
      answers.push(...meaning.records);
      if (meaning.kind === 'alias') name = meaning.end;
      else return resolutionOf(meaning, answers, from, before - budget.questions);
    }
    return failure('too many aliases');
  }

  /** From the nearest zone whose servers are known, down by referrals. */
  async #walk(question: DnsQuestion, budget: Budget): Promise<{ readonly meaning: Meaning; readonly from: string }> {
    let place = this.#nearest(question.name);
    for (let step = 0; step < MAX_REFERRALS; step++) {
      const { meaning, from } = await this.#askPlace(place, question, budget);
      if (meaning.kind !== 'referral') return { meaning, from };
      const zone = meaning.servers[0]?.name ?? '';
      this.#say(`${from} leads on to ${shown(zone)}`);
      place = { zone: keyOf(zone), servers: namesOf(meaning.servers) };
    }
    return { meaning: { kind: 'useless', why: 'too many referrals' }, from: 'nobody' };
  }

  /** Of the zones above the name the lowest whose servers we know. */
  #nearest(name: string): Place {
    for (const zone of ancestorsOf(keyOf(name))) {
      const hit = zone === ROOT ? undefined : this.cache.get(zone, 'NS', this.#now(), TRUST.referral);
      if (hit?.kind !== 'records') continue;
      const servers = namesOf(hit.records);
      // servers inside of their own zone are lost without the glue that has run out: the zone above knows it
      const isReachable = servers.some((server) => !isWithin(keyOf(server), zone) || this.#addressesOf(server).length > 0);
      if (isReachable) return { zone, servers };
    }
    return { zone: ROOT, servers: Object.keys(this.#options.hints) };
  }

  /** Asks the servers of a zone one after the other, the quickest first, until one says something useful. */
  async #askPlace(place: Place, question: DnsQuestion, budget: Budget): Promise<{ meaning: Meaning; from: string }> {
    const addresses = await this.#findAddresses(place, budget);
    let why = addresses.length === 0 ? `no server of ${shown(place.zone)} has an address` : '';
    for (let round = 0; round < ROUNDS; round++) {
      for (const address of addresses) {
        if (budget.questions <= 0)
          return { meaning: { kind: 'useless', why: 'too many questions for one name' }, from: 'nobody' };
        budget.questions--;
        const meaning = await this.#askAddress(address, place.zone, question, round);
        if (meaning.kind !== 'useless') return { meaning, from: formatV4(address) };
        why = `${formatV4(address)}: ${meaning.why}`;
      }
    }
    return { meaning: { kind: 'useless', why }, from: 'nobody' };
  }

  async #askAddress(address: number, zone: string, question: DnsQuestion, round: number): Promise<Meaning> {
    const { timeout = TIMEOUT } = this.#options;
    const again = round === 0 ? '' : ', once more';
    const note = `asks a server of ${zone === ROOT ? 'the root' : zone}${again}`;
    const exchange = await askServer(this.#options, {
      server: fromV4(address),
      question: { ...question, class: 'IN' },
      recursionDesired: false,
      timeout: timeout * (round + 1),
      note,
    });
    this.#account(address, exchange);
    if (exchange.response === undefined) return { kind: 'useless', why: exchange.problem };
    const { meaning, outside } = classify(exchange.response, question, zone);
    for (const record of outside) {
      this.#ignore('out of bailiwick');
      this.#say(`${formatV4(address)}: ${shown(record.name)} ${typeOf(record)} ignored, it is not in ${shown(zone)}`);
    }
    this.#learn(meaning, question, formatV4(address));
    return meaning;
  }

  #account(address: number, { response, problem, ignored, rtt }: Exchange): void {
    for (const [reason, count] of ignored) {
      this.#ignore(reason, count);
      this.#say(`${formatV4(address)}: ${count} ignored (${reason})`);
    }
    if (response !== undefined) this.#times.answered(address, rtt);
    else {
      this.#times.failed(address);
      this.#say(`${formatV4(address)}: ${problem}`);
    }
  }

  /** What is believed is kept: sets of records each for itself. */
  #learn(meaning: Meaning, question: DnsQuestion, from: string): void {
    const now = this.#now();
    if (meaning.kind === 'referral') {
      this.cache.put(meaning.servers, TRUST.referral, from, now);
      for (const set of setsOf(meaning.glue)) this.cache.put(set, TRUST.glue, from, now);
      return;
    }
    if (meaning.kind === 'useless') return;
    for (const set of setsOf(meaning.records)) this.cache.put(set, TRUST.authority, from, now);
    if ((meaning.kind === 'no such name' || meaning.kind === 'no data') && meaning.soa !== undefined)
      this.cache.putNo(meaning.kind, { name: meaning.end, type: question.type, soa: meaning.soa }, from, now);
  }

  /** Those that are known; if there are none, the first that can be found out. */
  async #findAddresses({ zone, servers }: Place, budget: Budget): Promise<number[]> {
    const known = servers.flatMap((name) => this.#addressesOf(name));
    if (known.length > 0) return this.#inOrder(known);
    if (budget.depth >= MAX_DEPTH) return [];
    for (const name of servers) {
      if (isWithin(keyOf(name), zone)) continue; // only the zone itself could tell
      budget.depth++;
      const { answers } = await this.#resolve({ name, type: 'A', class: 'IN' }, budget);
      budget.depth--;
      const found = answers.flatMap(addressOf);
      if (found.length > 0) return this.#inOrder(found);
    }
    return [];
  }

  #addressesOf(server: string): number[] {
    const hint = this.#options.hints[server];
    const hit = this.cache.get(server, 'A', this.#now(), TRUST.glue);
    const found = hit?.kind === 'records' ? hit.records.flatMap(addressOf) : [];
    return found.length > 0 || hint === undefined ? found : [hint.w3];
  }

  #inOrder(addresses: readonly number[]): number[] {
    const unique = [...new Set(addresses)];
    return unique.sort((a, b) => this.#times.of(a) - this.#times.of(b)).slice(0, MAX_SERVERS);
  }

  #ignore(reason: string, count = 1): void {
    this.ignored.set(reason, (this.ignored.get(reason) ?? 0) + count);
  }

  #say(line: string): void {
    this.#options.onEvent?.(line);
  }

  #now(): Micros {
    return this.#options.time.now();
  }
}

const namesOf = (servers: readonly DnsRecord[]): string[] =>
  servers.flatMap(({ data }) => (data.type === 'NS' ? [data.target] : []));

const addressOf = ({ data }: DnsRecord): number[] => {
  const word = data.type === 'A' ? parseV4(data.address) : undefined;
  return word === undefined ? [] : [word];
};

/** Records by name and type. */
export function setsOf(records: readonly DnsRecord[]): DnsRecord[][] {
  const sets = new Map<string, DnsRecord[]>();
  for (const record of records) {
    const key = `${keyOf(record.name)} ${typeOf(record)}`;
    sets.set(key, [...(sets.get(key) ?? []), record]);
  }
  return [...sets.values()];
}

type Found = Exclude<Meaning, { kind: 'useless' | 'referral' | 'alias' }>;

function resolutionOf(meaning: Found, answers: readonly DnsRecord[], from: string, questions: number): Resolution {
  const asked = `${questions} ${questions === 1 ? 'question' : 'questions'} asked`;
  if (meaning.kind === 'answer') return { rcode: NOERROR, answers, authorities: [], from, note: `from ${from}, ${asked}` };
  const rcode = meaning.kind === 'no such name' ? NXDOMAIN : NOERROR;
  const authorities = meaning.soa === undefined ? [] : [meaning.soa];
  return { rcode, answers, authorities, from, note: `${meaning.kind}, says ${from}, ${asked}` };
}
