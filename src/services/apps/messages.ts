/**
 * Messages and files over one connection, in frames: see `frame.ts` for their bytes. Each frame of type "message" (`name` says
 * who writes, the body is UTF-8) or "file" (`name` is that of the file) is answered with one of type "ok" that has the same
 * name and no body. One of type "error" has the reason for its name and is the last.
 */
import type { IpAddress, Stack } from '../../stack/index.ts';
import { connectTcp, encodeUtf8 } from '../../stack/index.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { TalkOptions } from '../talk/talk.ts';
import { strictUtf8, Talk } from '../talk/talk.ts';
import { AppRefusal } from './app-refusal.ts';
import type { AppOptions, AppService } from './app-service.ts';
import { startApp } from './app-service.ts';
import { Budget } from './budget.ts';
import type { FileStore } from './file-store.ts';
import type { FrameHeader } from './frame.ts';
import { encodeFrame, readHeader } from './frame.ts';
import { fileNameFault, personNameFault } from './names.ts';

export interface MessagesOptions extends AppOptions {
  readonly files: FileStore;
  /** Bytes of one file at most. @default 16 MiB */
  readonly maxFile?: number;
  /** Bytes of one message at most. @default 64 KiB */
  readonly maxMessage?: number;
  /** Told of every message. */
  readonly onMessage?: (from: string, text: string) => void;
  /** Told of every file that was written. */
  readonly onFile?: (name: string, size: number) => void;
}

/** Something to send. */
export type Item =
  | { readonly type: 'message'; readonly name: string; readonly text: string }
  | { readonly type: 'file'; readonly name: string; readonly bytes: Uint8Array };

const MAX_FILE = 16 * 1024 * 1024;
const MAX_MESSAGE = 64 * 1024;
const PENDING = 4;

/** @throws TcpError when the port is taken */
export function startMessages(stack: Stack, options: MessagesOptions): AppService {
  const { files, maxFile = MAX_FILE, maxMessage = MAX_MESSAGE, onMessage, onFile } = options;
  const budget = new Budget(PENDING * maxFile);
  const takeBody = async (header: FrameHeader, bytes: Uint8Array): Promise<void> => {
    if (header.type === 'message') {
      onMessage?.(header.name, strictUtf8(bytes));
      return;
    }
    const verdict = await files.write(header.name, bytes);
    if (verdict !== 'written') throw new PeerFault('not what the protocol says', verdict);
    onFile?.(header.name, bytes.length);
  };
  const converse = async (talk: Talk): Promise<void> => {
    for (let header = await readHeader(talk); header !== undefined; header = await readHeader(talk)) {
      const wanted = header;
      check(wanted, wanted.type === 'file' ? maxFile : maxMessage);
      await budget.spend(async (take) => {
        const bytes = await talk.portion(wanted.size, { onBytes: take });
        if (bytes === undefined) throw new PeerFault('ended in the middle', `0 of ${wanted.size} bytes came`);
        await takeBody(wanted, bytes);
      });
      await talk.say(encodeFrame('ok', wanted.name));
    }
  };
  return startApp(stack, { converse, refusal: ({ message }) => encodeFrame('error', message) }, options);
}

/** @throws PeerFault */
function check({ type, name, size }: FrameHeader, limit: number): void {
  if (type === 'ok' || type === 'error') throw new PeerFault('not what the protocol says', `"${type}" is for answers`);
  const fault = type === 'file' ? fileNameFault(name, encodeUtf8(name).length) : personNameFault(name);
  if (fault !== undefined) throw new PeerFault('not what the protocol says', fault);
  if (size > limit) throw new PeerFault('larger than allowed', `${size} bytes, and ${limit} are allowed`);
}

/**
 * Sends messages and files over one connection; each waits for the answer to the one before.
 * @throws AppRefusal in the server's words; PeerFault when it does not keep to the protocol; SocketError, TcpError
 */
export async function sendItems(
  stack: Stack,
  to: { readonly address: IpAddress; readonly port: number },
  items: readonly Item[],
  options: TalkOptions,
): Promise<void> {
  const talk = new Talk(await connectTcp(stack, to.address, to.port), options);
  try {
    for (const item of items) await sendItem(talk, item);
  } finally {
    await talk.farewell();
  }
}

async function sendItem(talk: Talk, item: Item): Promise<void> {
  const body = item.type === 'message' ? encodeUtf8(item.text) : item.bytes;
  const writing = talk.say(encodeFrame(item.type, item.name, body));
  writing.catch(() => {}); // a server that refuses does not read to the end: its answer says why
  const answer = await readHeader(talk, talk.patienceFor(body.length));
  if (answer?.type === 'ok' && answer.name === item.name && answer.size === 0) return writing;
  if (answer?.type === 'error') throw new AppRefusal(answer.name);
  const heard = answer === undefined ? 'no answer came' : `"${answer.type}" for "${answer.name}" is no answer to this`;
  throw new PeerFault('not what the protocol says', heard);
}
