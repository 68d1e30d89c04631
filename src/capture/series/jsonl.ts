/** A series as text: a line of JSON that says what it is, then one for each sample. README.md here describes the format. */
import type { Micros } from '../../stack/time.ts';
import type { ConnectionSample, QueueSample, SeriesSample } from './sample.ts';

export const FORMAT = 'tapstack-series';
export const VERSION = 1;

/** The first line. */
export interface SeriesHeader {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly timeUnit: 'us';
  /** Microseconds from 1970-01-01T00:00:00Z to the zero of `at`: added to it, it is the time stamp of the capture. */
  readonly epoch: Micros;
}

/** Without a line end. */
export const headerLine = (epoch: Micros = 0): string =>
  JSON.stringify({ format: FORMAT, version: VERSION, timeUnit: 'us', epoch } satisfies SeriesHeader);

/** Without a line end. */
export const sampleLine = (sample: SeriesSample): string => JSON.stringify(sample);

export interface Series {
  readonly epoch: Micros;
  readonly samples: readonly SeriesSample[];
  /** Lines that are no samples, with their number: "line 7: ..." */
  readonly faults: readonly string[];
}

/** Reads a series line by line, so that a long one need not lie in memory as text. */
export class SeriesReader {
  readonly #samples: SeriesSample[] = [];
  readonly #faults: string[] = [];
  #line = 0;
  #epoch: Micros = 0;

  /**
   * The next line, without its end. Empty ones are passed over, broken ones noted.
   * @throws SyntaxError when the first line says that this is no series, or one of another version
   */
  push(line: string): void {
    this.#line++;
    if (this.#line === 1) this.#epoch = epochOf(line);
    else if (line.trim() !== '') this.#take(line);
  }

  /** @throws SyntaxError when there was no line at all */
  end(): Series {
    if (this.#line === 0) throw new SyntaxError('line 1: empty, where a series begins with its header');
    return { epoch: this.#epoch, samples: this.#samples, faults: this.#faults };
  }

  #take(line: string): void {
    const value = parsed(line);
    const fault = value === undefined ? 'no JSON object' : faultOf(value);
    if (fault === undefined) this.#samples.push(value as unknown as SeriesSample);
    else this.#faults.push(`line ${this.#line}: ${fault}`);
  }
}

/** @throws SyntaxError when it is no series */
export function readSeries(text: string): Series {
  const reader = new SeriesReader();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) reader.push(line);
  return reader.end();
}

type JsonObject = Readonly<Record<string, unknown>>;

function parsed(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function epochOf(line: string): Micros {
  const header = parsed(line);
  if (header?.['format'] !== FORMAT) throw new SyntaxError(`line 1: no series: it begins with {"format":"${FORMAT}", ...}`);
  if (header['version'] !== VERSION)
    throw new SyntaxError(`line 1: version ${String(header['version'])} of the format, and not ${VERSION}`);
  if (header['timeUnit'] !== 'us') throw new SyntaxError(`line 1: the time unit is ${String(header['timeUnit'])}, and not "us"`);
  const { epoch } = header as Partial<SeriesHeader>;
  if (!isCount(epoch)) throw new SyntaxError('line 1: "epoch" is a number of microseconds');
  return epoch;
}

type Kinds = { readonly connection: ConnectionSample; readonly queue: QueueSample };
type FieldsOf<T> = { readonly [Name in keyof T]-?: 'text' | 'count' | (undefined extends T[Name] ? 'optional' : never) };

const CONNECTION: FieldsOf<Omit<ConnectionSample, 'kind'>> = {
  at: 'count',
  host: 'text',
  local: 'text',
  remote: 'text',
  cause: 'text',
  state: 'text',
  cwnd: 'count',
  ssthresh: 'optional',
  flight: 'count',
  srtt: 'optional',
  rto: 'count',
  receiveWindow: 'count',
  sendWindow: 'count',
  sendQueue: 'count',
  receiveQueue: 'count',
};
const QUEUE: FieldsOf<Omit<QueueSample, 'kind'>> = {
  at: 'count',
  cable: 'text',
  end: 'text',
  packets: 'count',
  bytes: 'count',
  dropped: 'count',
};
const FIELDS: Readonly<Record<keyof Kinds, Readonly<Record<string, string>>>> = { connection: CONNECTION, queue: QUEUE };

/** What is wrong with a sample; undefined: nothing. Fields that we do not know are left to who does. */
function faultOf(value: JsonObject): string | undefined {
  const { kind } = value as { kind?: unknown };
  if (kind !== 'connection' && kind !== 'queue') return `"kind" is ${JSON.stringify(kind)}, and not "connection" or "queue"`;
  for (const [name, type] of Object.entries(FIELDS[kind])) {
    const field = value[name];
    if (field === undefined && type === 'optional') continue;
    if (type === 'text' ? typeof field !== 'string' : !isCount(field))
      return `"${name}" is ${JSON.stringify(field)}, and not ${type === 'text' ? 'a text' : 'a number from 0 on'}`;
  }
  return undefined;
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
