/** `nc`: one text to somebody, and what comes back. */
import type { IpAddress, Micros } from '../../stack/index.ts';
import { connectTcp, listenTcp, openUdp, SECOND } from '../../stack/index.ts';
import { joined } from '../joined.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import { Talk } from '../talk/talk.ts';
import type { ToolHost } from './tool-host.ts';

export interface NcOptions {
  /** How long an answer, or a caller, is waited for. @default 5 s */
  readonly patience?: Micros;
}

/** Bytes of an answer at most. */
const LIMIT = 1024 * 1024;

/** Connects, sends, says that this was all, and reads to the end. @throws SocketError, TcpError, PeerFault */
export async function exchangeTcp(
  { stack, time }: ToolHost,
  to: { readonly address: IpAddress; readonly port: number },
  bytes: Uint8Array,
  { patience = 5 * SECOND }: NcOptions = {},
): Promise<Uint8Array> {
  const talk = new Talk(await connectTcp(stack, to.address, to.port), { time, patience });
  return exchange(talk, bytes);
}

/** Waits for one caller, tells it a text and reads what it has to say. @returns undefined when nobody called. @throws as above */
export async function answerTcp(
  { stack, time }: ToolHost,
  port: number,
  bytes: Uint8Array,
  { patience = 5 * SECOND }: NcOptions = {},
): Promise<Uint8Array | undefined> {
  const listener = listenTcp(stack, port);
  const cancel = time.after(patience, () => listener.close());
  const socket = await listener.accept();
  cancel();
  listener.close();
  return socket === undefined ? undefined : exchange(new Talk(socket, { time, patience }), bytes);
}

/** Sends a datagram and waits for one. @returns undefined when none came. @throws UdpError */
export async function exchangeUdp(
  { stack, time }: ToolHost,
  to: { readonly address: IpAddress; readonly port: number },
  bytes: Uint8Array,
  { patience = 5 * SECOND }: NcOptions = {},
): Promise<Uint8Array | undefined> {
  const socket = openUdp(stack);
  const cancel = time.after(patience, () => socket.close()); // ends the waiting
  try {
    socket.connect(to.address, to.port);
    await socket.send(bytes);
    return (await socket.receive())?.bytes;
  } finally {
    cancel();
    socket.close();
  }
}

async function exchange(talk: Talk, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    if (bytes.length > 0) await talk.say(bytes);
    talk.socket.closeWrite();
    return await readAnswer(talk);
  } finally {
    await talk.farewell();
  }
}

/** To the end; from a peer that does not come to one, what it has said until its time was over. */
async function readAnswer(talk: Talk): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part = await talk.some(); part !== undefined; part = await talk.some()) {
      parts.push(part);
      length += part.length;
      if (length > LIMIT) throw new PeerFault('larger than allowed', `${LIMIT} bytes are allowed`);
    }
  } catch (error) {
    const isSilence = error instanceof PeerFault && error.reason === 'said nothing for too long';
    if (!isSilence || length === 0) throw error;
  }
  return joined(parts);
}
