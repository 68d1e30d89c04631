/** One question to one server: over UDP, and over TCP when the answer does not fit or somebody is guessing (RFC 5452, RFC 7766). */
import type { IpAddress, Micros, Random, Stack, UdpSocket } from '../../stack/index.ts';
import { openUdp, SocketError, TcpError, TcpSocket, UdpError } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import type { DnsMessage, DnsQuestion } from './message.ts';
import { FORMERR, queryFor } from './message.ts';
import { keyOf } from './name.ts';
import { readMessage, writeMessage } from './tcp-messages.ts';
import { decode, encode } from './wire.ts';

/** What an asker stands on. */
export interface AskerSetting {
  readonly stack: Stack;
  readonly time: Timekeeper;
  /** Of the numbers of questions: nobody must guess them. In a lab: a seeded one. */
  readonly random: Random;
}

export interface ServerQuestion {
  readonly server: IpAddress;
  /** @default 53 */
  readonly port?: number;
  readonly question: DnsQuestion;
  readonly recursionDesired: boolean;
  /** How long an answer is waited for, each over UDP and over TCP. */
  readonly timeout: Micros;
  /** Over TCP at once. @default false */
  readonly overTcp?: boolean;
  /** Why it is asked, for a capture. */
  readonly note?: string;
}

export interface Exchange {
  /** Undefined: there was none, see `problem`. */
  readonly response: DnsMessage | undefined;
  /** "timed out", "port unreachable", ... */
  readonly problem: string;
  /** What came that was not the answer, by why: "wrong id". */
  readonly ignored: ReadonlyMap<string, number>;
  readonly overTcp: boolean;
  /** From the question to the answer. */
  readonly rtt: Micros;
}

/** Wrong answers that are borne with: after that somebody is guessing, and TCP cannot be guessed. */
const MAX_WRONG = 8;
const DNS_PORT = 53;

/** Never rejects. */
export async function askServer(setting: AskerSetting, asked: ServerQuestion): Promise<Exchange> {
  const ignored = new Map<string, number>();
  const began = setting.time.now();
  const finish = (result: DnsMessage | string, overTcp: boolean): Exchange => {
    const rtt = setting.time.now() - began;
    return typeof result === 'string'
      ? { response: undefined, problem: result, ignored, overTcp, rtt }
      : { response: result, problem: '', ignored, overTcp, rtt };
  };
  if (asked.overTcp === true) return finish(await askOverTcp(setting, asked, makeQuery(setting, asked)), true);
  const first = await askOverUdp(setting, asked, makeQuery(setting, asked), ignored);
  // RFC 6891 §6.2.2: who answers EDNS with FORMERR and without EDNS is asked again in the old way
  const isOld = typeof first !== 'string' && first.rcode === FORMERR && first.edns === undefined;
  const result = isOld ? await askOverUdp(setting, asked, { ...makeQuery(setting, asked), edns: undefined }, ignored) : first;
  const isCut = typeof result !== 'string' && result.isTruncated;
  if (!isCut && result !== GUESSED) return finish(result, false);
  const note = isCut ? 'the answer was cut: asked again over TCP' : 'somebody guesses: asked again over TCP';
  return finish(await askOverTcp(setting, { ...asked, note }, makeQuery(setting, asked)), true);
}

const GUESSED = 'too many wrong answers';

const makeQuery = ({ random }: AskerSetting, { question, recursionDesired }: ServerQuestion): DnsMessage =>
  queryFor(random.nextUint32() >>> 16, question, { recursionDesired });

/** RFC 5452 §9.2: from a random port of its own each time, which is closed at once. @returns why there is no answer as a text */
async function askOverUdp(
  { stack, time }: AskerSetting,
  { server, port = DNS_PORT, timeout, note = '' }: ServerQuestion,
  query: DnsMessage,
  ignored: Map<string, number>,
): Promise<DnsMessage | string> {
  let socket: UdpSocket | undefined;
  let giveUp = (): unknown => undefined;
  try {
    socket = openUdp(stack);
    socket.connect(server, port);
    const opened = socket;
    giveUp = time.after(timeout, () => opened.close());
    await socket.send(encode(query), undefined, undefined, { note });
    return await waitForAnswer(socket, query, ignored);
  } catch (error) {
    if (error instanceof UdpError) return error.reason;
    throw error;
  } finally {
    giveUp();
    socket?.close();
  }
}

/** RFC 5452 §9.1: what is not the answer to this very question is ignored. */
async function waitForAnswer(socket: UdpSocket, query: DnsMessage, ignored: Map<string, number>): Promise<DnsMessage | string> {
  for (let wrong = 0; wrong < MAX_WRONG; wrong++) {
    const datagram = await socket.receive();
    if (datagram === undefined) return 'timed out';
    const decoded = decode(datagram.bytes);
    const problem = 'problem' in decoded ? decoded.problem : problemOfResponse(query, decoded.message);
    if ('message' in decoded && problem === undefined) return decoded.message;
    if (problem !== undefined) ignored.set(problem, (ignored.get(problem) ?? 0) + 1);
  }
  return GUESSED;
}

/** Why a message is not the answer to a query; undefined: it is. */
export function problemOfResponse(query: DnsMessage, response: DnsMessage): string | undefined {
  if (!response.isResponse) return 'no response';
  if (response.id !== query.id) return 'wrong id';
  const [wanted] = query.questions;
  const [got] = response.questions;
  if (got === undefined) return response.rcode === FORMERR ? undefined : 'no question in it';
  const isSame = wanted !== undefined && keyOf(wanted.name) === keyOf(got.name) && wanted.type === got.type;
  return isSame && response.questions.length === 1 ? undefined : 'the answer to another question';
}

async function askOverTcp(
  { stack, time }: AskerSetting,
  { server, port = DNS_PORT, timeout, note = '' }: ServerQuestion,
  query: DnsMessage,
): Promise<DnsMessage | string> {
  let giveUp = (): unknown => undefined;
  let isLate = false;
  let socket: TcpSocket | undefined;
  try {
    const opened = new TcpSocket(stack.tcp.connect(server, port, stack.now));
    socket = opened;
    stack.wake();
    giveUp = time.after(timeout, () => {
      isLate = true;
      opened.abort();
    });
    await socket.connected();
    await writeMessage(socket, encode(query));
    const bytes = await readMessage(socket);
    const decoded = bytes === undefined ? ({ problem: 'closed without an answer' } as const) : decode(bytes);
    const problem = 'problem' in decoded ? decoded.problem : problemOfResponse(query, decoded.message);
    if ('message' in decoded && problem === undefined) return decoded.message;
    return `${problem}${note === '' ? '' : ` (${note})`}`;
  } catch (error) {
    if (isLate) return 'timed out over TCP';
    if (error instanceof SocketError || error instanceof TcpError) return error.reason;
    throw error;
  } finally {
    giveUp();
    socket?.close().catch(() => undefined); // the peer acknowledges in its own time
  }
}
