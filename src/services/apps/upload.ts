/**
 * Files over TCP with the size announced first, because TCP itself has no end of a message. The head is one line of UTF-8, and
 * the body so many bytes as it says:
 *
 * ```
 *   client  11 hello.txt LF          size in decimal digits, one space, name
 *   client  hello world              11 bytes, and nothing behind them
 *   server  OK 11 b94d27b9...cde9 LF size and SHA-256 of what has come, 64 hexadecimal digits
 * ```
 * Then the next file may follow; the client closes when it has no more. `ERROR` with the reason is the server's last word: the
 * bytes that may still come belong to a file that nobody wants.
 */
import type { IpAddress, Stack } from '../../stack/index.ts';
import { connectTcp, encodeUtf8 } from '../../stack/index.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import type { TalkOptions } from '../talk/talk.ts';
import { Talk } from '../talk/talk.ts';
import { AppRefusal } from './app-refusal.ts';
import type { AppOptions, AppService } from './app-service.ts';
import { startApp } from './app-service.ts';
import { Budget } from './budget.ts';
import type { FileStore } from './file-store.ts';
import { fileNameFault } from './names.ts';
import { sha256 } from './sha256.ts';

export interface UploadOptions extends AppOptions {
  readonly files: FileStore;
  /** Bytes of one file at most. @default 16 MiB */
  readonly maxSize?: number;
  /** Bytes of files that are on their way at once, of all peers. @default four times the most of one */
  readonly maxPending?: number;
  /** Told of every file that was written. */
  readonly onFile?: (name: string, size: number) => void;
}

/** What a server says about a file. */
export interface UploadReceipt {
  readonly size: number;
  readonly sha256: string;
}

const MAX_SIZE = 16 * 1024 * 1024;
const HEAD = /^(\d{1,15}) (.*)$/s;
const RECEIPT = /^OK (\d{1,15}) ([0-9a-f]{64})$/;

/** @throws TcpError when the port is taken */
export function startUpload(stack: Stack, options: UploadOptions): AppService {
  const { files, maxSize = MAX_SIZE, maxPending = 4 * maxSize, onFile } = options;
  const budget = new Budget(maxPending);
  const takeFile = (talk: Talk, name: string, size: number): Promise<void> =>
    budget.spend(async (take) => {
      const bytes = await talk.portion(size, { onBytes: take });
      if (bytes === undefined) throw new PeerFault('ended in the middle', `0 of ${size} bytes came`);
      const verdict = await files.write(name, bytes);
      if (verdict !== 'written') throw new PeerFault('not what the protocol says', verdict);
      onFile?.(name, size);
      await talk.say(`OK ${size} ${sha256(bytes)}\n`);
    });
  const converse = async (talk: Talk): Promise<void> => {
    for (let line = await talk.line(); line !== undefined; line = await talk.line()) {
      const { name, size } = headIn(line);
      if (size > maxSize) throw new PeerFault('larger than allowed', `${size} bytes, and ${maxSize} are allowed`);
      await takeFile(talk, name, size);
    }
  };
  return startApp(stack, { converse, refusal: ({ message }) => `ERROR ${message}\n` }, options);
}

/** @throws PeerFault */
function headIn(line: string): { readonly name: string; readonly size: number } {
  const [, digits, name = ''] = HEAD.exec(line) ?? [];
  if (digits === undefined)
    throw new PeerFault('not what the protocol says', 'a file begins with its size, a space and its name');
  const fault = fileNameFault(name, encodeUtf8(name).length);
  if (fault !== undefined) throw new PeerFault('not what the protocol says', fault);
  return { name, size: Number(digits) };
}

/**
 * Sends files over one connection, one after the other.
 * @throws AppRefusal in the server's words; PeerFault when it does not keep to the protocol; SocketError, TcpError
 */
export async function upload(
  stack: Stack,
  to: { readonly address: IpAddress; readonly port: number },
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  options: TalkOptions,
): Promise<UploadReceipt[]> {
  const talk = new Talk(await connectTcp(stack, to.address, to.port), options);
  const receipts: UploadReceipt[] = [];
  try {
    for (const { name, bytes } of files) receipts.push(await send(talk, name, bytes));
  } finally {
    await talk.farewell();
  }
  return receipts;
}

async function send(talk: Talk, name: string, bytes: Uint8Array): Promise<UploadReceipt> {
  await talk.say(`${bytes.length} ${name}\n`);
  const writing = talk.say(bytes);
  writing.catch(() => {}); // a server that refuses does not read to the end: its answer says why
  const line = await talk.line(undefined, talk.patienceFor(bytes.length));
  const [, size, hash] = RECEIPT.exec(line ?? '') ?? [];
  if (hash !== undefined) {
    await writing;
    return { size: Number(size), sha256: hash };
  }
  if (line?.startsWith('ERROR ')) throw new AppRefusal(line.slice('ERROR '.length));
  throw new PeerFault('not what the protocol says', line === undefined ? 'no receipt came' : `"${line}" is no receipt`);
}
