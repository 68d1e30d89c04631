/** A chat over TCP, the client's side: see `chat.ts` for the protocol. */
import type { IpAddress, Stack } from '../../stack/index.ts';
import { connectTcp } from '../../stack/index.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { TalkOptions } from '../talk/talk.ts';
import { Talk } from '../talk/talk.ts';
import { AppRefusal } from './app-refusal.ts';

export interface ChatClient {
  /** How the server calls itself. */
  readonly server: string;
  /** Sends a line; what comes back is read by `line`. @throws RangeError when it is none */
  say(line: string): Promise<void>;
  /** The next line from the server; undefined: it has closed. @throws PeerFault */
  line(): Promise<string | undefined>;
  /** Says goodbye; what the server still has to say is read by `line`. */
  goodbye(): Promise<void>;
  /** Ends the connection when everything is said. */
  close(): Promise<void>;
  /** All three: says goodbye, reads to the end and closes. @returns the lines that still came */
  leave(): Promise<string[]>;
}

/**
 * Connects and says who it is.
 * @throws AppRefusal in the server's words; PeerFault when it does not keep to the protocol; SocketError, TcpError
 */
export async function joinChat(
  stack: Stack,
  to: { readonly address: IpAddress; readonly port: number },
  name: string,
  options: TalkOptions,
): Promise<ChatClient> {
  const talk = new Talk(await connectTcp(stack, to.address, to.port), options);
  try {
    const server = await expectLine(talk, 'HELLO ');
    await talk.say(`HELLO ${name}\n`);
    await expectLine(talk, 'WELCOME ');
    return chatClient(talk, server);
  } catch (error) {
    await talk.farewell();
    throw error;
  }
}

const chatClient = (talk: Talk, server: string): ChatClient => ({
  server,
  async say(line) {
    if (/[\r\n]/.test(line) || line === 'BYE')
      throw new RangeError('a line of a chat has no end of a line in it, and is not BYE');
    await talk.say(`${line}\n`);
  },
  line: () => talk.line(),
  goodbye: () => talk.say('BYE\n'),
  close: () => talk.farewell(),
  async leave() {
    const lines: string[] = [];
    await talk.say('BYE\n');
    for (let line = await talk.line(); line !== undefined; line = await talk.line()) lines.push(line);
    await talk.farewell();
    return lines;
  },
});

/** @returns what stands behind the word */
async function expectLine(talk: Talk, word: string): Promise<string> {
  const line = await talk.line();
  if (line?.startsWith(word)) return line.slice(word.length);
  if (line?.startsWith('ERROR ')) throw new AppRefusal(line.slice('ERROR '.length));
  const heard = line === undefined ? 'the end' : `"${line}"`;
  throw new PeerFault('not what the protocol says', `${word.trim()} was to come, not ${heard}`);
}
