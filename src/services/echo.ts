/** The Echo Protocol, RFC 862: whatever is sent comes back. */
import type { Stack } from '../stack/index.ts';
import type { Service, ServiceOptions } from './service.ts';
import { startService } from './service.ts';

export const ECHO_PORT = 7;

/** TCP and UDP. A datagram whose source is a port below 1024 is not answered, see `service.ts`. */
export const startEcho = (stack: Stack, options: ServiceOptions = {}): Service =>
  startService(
    stack,
    {
      port: ECHO_PORT,
      async onConnection(socket) {
        for await (const bytes of socket) await socket.write(bytes);
      },
      onDatagram: ({ bytes }) => bytes,
    },
    options,
  );
