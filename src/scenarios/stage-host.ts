/** What servers and clients of stories do with a connection. */
import type { TcpSocket } from '../stack/index.ts';

export { NetHost as StageHost, type Serve } from '../lab/network/net-host.ts';

/** Reads to the end of the stream. @returns how many bytes came */
export async function readAll(socket: TcpSocket): Promise<number> {
  let length = 0;
  for await (const bytes of socket) length += bytes.length;
  return length;
}

/** Reads to the end, then closes: the plainest of servers. */
export async function readAndClose(socket: TcpSocket): Promise<void> {
  await readAll(socket);
  await socket.close();
}

/** Bytes that show which they are: the alphabet over and over. */
export const letters = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => 0x61 + (index % 26));
