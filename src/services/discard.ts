/** The Discard Protocol, RFC 863: whatever is sent is thrown away. */
import type { Stack } from '../stack/index.ts';
import type { Service, ServiceOptions } from './service.ts';
import { startService } from './service.ts';

export const DISCARD_PORT = 9;

/** TCP and UDP. */
export const startDiscard = (stack: Stack, options: ServiceOptions = {}): Service =>
  startService(
    stack,
    {
      port: DISCARD_PORT,
      async onConnection(socket) {
        for (let bytes = await socket.read(); bytes !== undefined; ) bytes = await socket.read();
      },
      onDatagram: () => undefined,
    },
    options,
  );
