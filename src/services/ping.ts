/** Ping: echo requests one after the other, RFC 1122 §3.2.2.6, and what came back. */
import type { EchoAnswer, IpAddress, Micros, Stack } from '../stack/index.ts';
import { fromV4, SECOND } from '../stack/index.ts';

export interface PingOptions {
  /** What time it is: a stack only knows when it last ran. */
  readonly now: () => Micros;
  /** Resolves after so much time. */
  readonly sleep: (duration: Micros) => Promise<void>;
  /** Requests to send. @default without end */
  readonly count?: number;
  /** From one request to the next, or longer when an answer takes longer. @default 1 s */
  readonly interval?: Micros;
  /** Bytes of payload. @default 56, as everywhere */
  readonly size?: number;
  /** How long an answer is waited for. @default 1 s */
  readonly timeout?: Micros;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
}

/** What became of one request. */
export interface PingResult {
  readonly sequence: number;
  /** 'reply', 'timed out', why it could not be sent, or what an ICMP error said. */
  readonly outcome: string;
  /** Who answered: the target, or the router that gave up. */
  readonly from: IpAddress | undefined;
  /** From the request to the answer; 0 when there was none. */
  readonly rtt: Micros;
  /** Of the answer. */
  readonly ttl: number;
  /** Payload bytes of the reply. */
  readonly length: number;
}

export interface PingSummary {
  readonly sent: number;
  readonly received: number;
  /** Of the replies; 0 without any. `deviation` is the standard deviation. */
  readonly min: Micros;
  readonly average: Micros;
  readonly max: Micros;
  readonly deviation: Micros;
}

const MAX_IDENTIFIER = 0xffff;
/** 65,535 bytes of packet, less the headers of IPv4 and ICMP. */
const MAX_SIZE = 65_507;

/**
 * Yields the result of each request, in order. Leaving the loop ends it.
 * @throws RangeError when the size or the count is none
 */
export async function* ping(stack: Stack, target: IpAddress, options: PingOptions): AsyncGenerator<PingResult, void, void> {
  const { count = Number.POSITIVE_INFINITY, interval = SECOND, size = 56 } = options;
  if (!Number.isInteger(size) || size < 0 || size > MAX_SIZE)
    throw new RangeError(`a ping carries 0 to ${MAX_SIZE} bytes, not ${size}`);
  if (!(count >= 1)) throw new RangeError(`the number of pings is 1 or more, not ${count}`);
  const payload = Uint8Array.from({ length: size }, (_, i) => i);
  const identifier = claimIdentifier(stack);
  try {
    for (let sequence = 1; sequence <= count; sequence++) {
      const sentAt = options.now();
      yield await probe(stack, { target, identifier, sequence, payload }, options);
      const rest = sentAt + interval - options.now();
      if (sequence < count && rest > 0) await options.sleep(rest);
    }
  } finally {
    stack.icmp.echoListeners.delete(identifier);
  }
}

/** One echo request to come. */
export interface Probe {
  readonly target: IpAddress;
  readonly identifier: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Sends one echo request, whose identifier was claimed before, and waits for what becomes of it. */
export async function probe(
  stack: Stack,
  { target, identifier, sequence, payload }: Probe,
  options: PingOptions,
): Promise<PingResult> {
  const { now, sleep, timeout = SECOND, ttl, dontFragment = false } = options;
  const onTheWire = sequence & MAX_IDENTIFIER;
  const sentAt = now();
  const answered = new Promise<EchoAnswer>((resolve) => {
    stack.icmp.echoListeners.set(identifier, (answer) => {
      if (answer.sequence === onTheWire) resolve(answer);
    });
  });
  const request = { destination: target.w3, identifier, sequence: onTheWire, payload, dontFragment };
  const result = stack.icmp.sendEcho(ttl === undefined ? request : { ...request, ttl }, sentAt);
  stack.wake(); // the neighbour may have to be asked for first
  if (result !== 'sent') return nothing(sequence, result);
  const answer = await Promise.race([answered, sleep(timeout)]);
  if (answer === undefined) return nothing(sequence, 'timed out');
  const { kind, from, at, length } = answer;
  return { sequence, outcome: kind, from: fromV4(from), rtt: at - sentAt, ttl: answer.ttl, length };
}

const nothing = (sequence: number, outcome: string): PingResult => ({
  sequence,
  outcome,
  from: undefined,
  rtt: 0,
  ttl: 0,
  length: 0,
});

/** Takes the first number that no other ping of this stack uses. */
export function claimIdentifier({ icmp: { echoListeners } }: Stack): number {
  let identifier = 1;
  while (echoListeners.has(identifier)) identifier++;
  if (identifier > MAX_IDENTIFIER) throw new RangeError(`${MAX_IDENTIFIER} pings run already`);
  echoListeners.set(identifier, () => {});
  return identifier;
}

/** The lines that people read at the end. */
export function summarize(results: readonly PingResult[]): PingSummary {
  const times = results.filter(({ outcome }) => outcome === 'reply').map(({ rtt }) => rtt);
  const received = times.length;
  if (received === 0) return { sent: results.length, received, min: 0, average: 0, max: 0, deviation: 0 };
  const average = times.reduce((sum, time) => sum + time, 0) / received;
  const variance = times.reduce((sum, time) => sum + (time - average) ** 2, 0) / received;
  const min = times.reduce((a, b) => Math.min(a, b));
  const max = times.reduce((a, b) => Math.max(a, b));
  return { sent: results.length, received, min, average, max, deviation: Math.sqrt(variance) };
}
