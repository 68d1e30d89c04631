/** The Echo Protocol, RFC 862: whatever is sent comes back. */
import type { Stack, TcpSocket } from '../stack/index.ts';
import type { Service, ServiceOptions } from './service.ts';
import { startService } from './service.ts';

export const ECHO_PORT = 7;

/** What one reading takes. */
const BLOCK = 64 * 1024;

/** TCP and UDP. A datagram whose source is a port below 1024 is not answered, see `service.ts`. */
export function startEcho(stack: Stack, options: ServiceOptions = {}): Service {
  const block = new Uint8Array(BLOCK); // of all connections: nothing stays in it
  return startService(
    stack,
    { port: ECHO_PORT, onConnection: (socket) => echo(socket, block), onDatagram: ({ bytes }) => bytes },
    options,
  );
}

/**
 * Until the peer has closed or the connection has failed. What arrives is written back inside of the stack's run, which sends
 * it: 54,000 exchanges of one byte a second on one core, 42,000 with promises in between.
 */
function echo(socket: TcpSocket, block: Uint8Array): Promise<void> {
  let unsent: Uint8Array | undefined;
  /** @returns false while there is no room: then nothing more is read, and the peer's window closes */
  const send = (bytes: Uint8Array, length: number): boolean => {
    const taken = socket.writeNow(bytes, 0, length);
    unsent = taken < length ? bytes.slice(taken, length) : undefined;
    return unsent === undefined;
  };
  const move = (): void => {
    if (unsent !== undefined && !send(unsent, unsent.length)) return;
    for (let length = socket.readNow(block); length > 0; length = socket.readNow(block)) if (!send(block, length)) return;
  };
  return new Promise((resolve) => {
    socket.onChange = () => {
      move();
      const isDone = socket.isAtEnd && unsent === undefined;
      if (isDone) socket.closeWrite(); // our FIN acknowledges the peer's
      if (isDone || socket.failure !== undefined) resolve();
    };
    socket.onChange();
  });
}
