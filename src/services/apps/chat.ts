/**
 * A chat over TCP, the server's side. Everything is lines of UTF-8 of at most 1,024 bytes that end with LF (CR LF is taken too):
 *
 * ```
 *   server  HELLO server             who it is, as soon as the connection stands
 *   client  HELLO Ada                who it is: 1 to 32 letters, no colon
 *   server  WELCOME Ada
 *   client  good morning             any line
 *   server  server: you said "good morning", 12 letters
 *   client  BYE                      or it closes its direction
 *   server  BYE Ada                  and closes
 * ```
 * As a room (`room: true`) a line goes to everybody else as `Ada: good morning`, and whoever has written it reads `OK 2`: two
 * have got it. Everybody reads `* Ada has come` and `* Ada has left`. What cannot be taken is answered with `ERROR` and the
 * reason, and the server closes.
 */
import { encodeUtf8, MINUTE, type Stack } from '../../stack/index.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { Talk } from '../talk/talk.ts';
import type { AppOptions, AppService } from './app-service.ts';
import { startApp } from './app-service.ts';
import { personNameFault } from './names.ts';

export interface ChatOptions extends AppOptions {
  /** How the server calls itself. @default server */
  readonly name?: string;
  /** Lines go to everybody else. @default false: the server answers each itself */
  readonly room?: boolean;
  /** What the server answers, without `room`. @default `you said "...", so many letters` */
  readonly answer?: (line: string, name: string) => string;
  /** Told of every line. */
  readonly onLine?: (name: string, line: string) => void;
}

/** A person may think for so long. */
const PATIENCE = 10 * MINUTE;

const plainAnswer = (line: string): string => `you said "${line}", ${[...line].length} letters`;

/** @throws TcpError when the port is taken */
export function startChat(stack: Stack, options: ChatOptions): AppService {
  const { name: server = 'server', room = false, answer = plainAnswer, onLine } = options;
  const people = new Map<string, Talk>();
  const tell = (text: string, but: string): number => {
    let count = 0;
    for (const [name, talk] of people) if (name !== but && toldNow(talk, text)) count++;
    return count;
  };
  const converse = async (talk: Talk): Promise<void> => {
    await talk.say(`HELLO ${server}\n`);
    const name = await introduced(talk);
    if (name === undefined) return;
    if (people.has(name)) throw new PeerFault('not what the protocol says', 'somebody has that name');
    people.set(name, talk);
    try {
      await talk.say(`WELCOME ${name}\n`);
      if (room) tell(`* ${name} has come\n`, name);
      for (let line = await talk.line(); line !== undefined && line !== 'BYE'; line = await talk.line()) {
        onLine?.(name, line);
        await talk.say(room ? `OK ${tell(`${name}: ${line}\n`, name)}\n` : `${server}: ${answer(line, name)}\n`);
      }
      await talk.say(`BYE ${name}\n`);
    } finally {
      people.delete(name);
      if (room) tell(`* ${name} has left\n`, name);
    }
  };
  return startApp(stack, { converse, refusal: ({ message }) => `ERROR ${message}\n` }, { patience: PATIENCE, ...options });
}

/** @returns undefined when the client has left without a word. @throws PeerFault */
async function introduced(talk: Talk): Promise<string | undefined> {
  const line = await talk.line();
  if (line === undefined) return undefined;
  const name = line.startsWith('HELLO ') ? line.slice('HELLO '.length) : '';
  const fault = line.startsWith('HELLO ') ? personNameFault(name) : 'the first line is HELLO and a name';
  if (fault !== undefined) throw new PeerFault('not what the protocol says', fault);
  return name;
}

/** Nobody waits for a slow reader: who has no room for a line is thrown out. @returns whether it got the line */
function toldNow({ socket }: Talk, text: string): boolean {
  const bytes = encodeUtf8(text);
  const taken = socket.writeNow(bytes);
  if (taken < bytes.length) socket.abort();
  return taken === bytes.length;
}
