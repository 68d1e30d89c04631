/** Messages over TCP, RFC 1035 §4.2.2: two bytes of length, then the message. */
import type { TcpSocket } from '../../stack/index.ts';

const PREFIX = 2;

/**
 * @returns undefined when the stream ends, also in the middle of a message
 * @throws SocketError when the connection fails
 */
export async function readMessage(socket: TcpSocket): Promise<Uint8Array | undefined> {
  const prefix = await readExactly(socket, PREFIX);
  return prefix && readExactly(socket, (prefix[0]! << 8) | prefix[1]!);
}

/** The length and the message in one segment, as RFC 7766 §8 asks for. @throws SocketError */
export function writeMessage(socket: TcpSocket, message: Uint8Array): Promise<void> {
  const bytes = new Uint8Array(PREFIX + message.length);
  bytes[0] = message.length >> 8;
  bytes[1] = message.length & 0xff;
  bytes.set(message, PREFIX);
  return socket.write(bytes);
}

async function readExactly(socket: TcpSocket, length: number): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const chunk = await socket.read(length - at);
    if (chunk === undefined) return undefined;
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
