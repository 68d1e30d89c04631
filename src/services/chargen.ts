/** The Character Generator Protocol, RFC 864: characters without end. */
import type { Stack, TcpSocket } from '../stack/index.ts';
import { SocketError } from '../stack/index.ts';
import type { Service, ServiceOptions } from './service.ts';
import { startService } from './service.ts';

export const CHARGEN_PORT = 19;

/** RFC 864: "72 character lines of the ASCII printing characters", of which there are 95; each line begins one further. */
const LINE = 72;
const LINE_WITH_END = LINE + 2;
const PRINTING = 95;
const FIRST_PRINTING = 0x20;

/** All lines until they repeat: 7,030 bytes. */
export function chargenLines(): Uint8Array {
  const bytes = new Uint8Array(PRINTING * LINE_WITH_END);
  for (let line = 0; line < PRINTING; line++) {
    const at = line * LINE_WITH_END;
    for (let i = 0; i < LINE; i++) bytes[at + i] = FIRST_PRINTING + ((line + i) % PRINTING);
    bytes[at + LINE] = 0x0d;
    bytes[at + LINE + 1] = 0x0a;
  }
  return bytes;
}

/**
 * TCP and UDP. A datagram whose source is a port below 1024 is not answered, see `service.ts`. The answer to a datagram is one
 * line, well below the 512 characters that the RFC allows: with a forged source, every byte more is aimed at somebody.
 */
export function startChargen(stack: Stack, options: ServiceOptions = {}): Service {
  const lines = chargenLines();
  let next = 0;
  return startService(
    stack,
    {
      port: CHARGEN_PORT,
      onConnection: (socket) => generate(socket, lines),
      onDatagram() {
        const at = next * LINE_WITH_END;
        next = (next + 1) % PRINTING;
        return lines.slice(at, at + LINE_WITH_END);
      },
    },
    options,
  );
}

/** Writes until the peer has enough: it closes, or resets, which a write then tells. */
async function generate(socket: TcpSocket, lines: Uint8Array): Promise<void> {
  void stopAtEnd(socket);
  for (;;) await socket.write(lines);
}

/** "The data received is thrown away" until there is no more. */
async function stopAtEnd(socket: TcpSocket): Promise<void> {
  try {
    for (let bytes = await socket.read(); bytes !== undefined; ) bytes = await socket.read();
    socket.closeWrite(); // the next write fails and ends the conversation
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
  }
}
