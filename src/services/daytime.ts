/** The Daytime Protocol, RFC 867: the date and the time as a line of text for people. */
import type { Stack } from '../stack/index.ts';
import { ascii } from './ascii.ts';
import type { Service, ServiceOptions } from './service.ts';
import { startService } from './service.ts';

export const DAYTIME_PORT = 13;

export interface DaytimeOptions extends ServiceOptions {
  /** What time it is, as ASCII text without the end of the line; the RFC leaves the form open. */
  readonly today: () => string;
}

/** TCP and UDP. A datagram whose source is a port below 1024 is not answered, see `service.ts`. */
export function startDaytime(stack: Stack, { today, ...options }: DaytimeOptions): Service {
  const line = (): Uint8Array => ascii(`${today()}\r\n`);
  return startService(
    stack,
    {
      port: DAYTIME_PORT,
      async onConnection(socket) {
        await socket.write(line());
        socket.closeWrite();
        // "Any data received is thrown away": unread, it would turn our FIN into a RST and could cost the peer its answer
        for (let bytes = await socket.read(); bytes !== undefined; ) bytes = await socket.read();
      },
      onDatagram: line,
    },
    options,
  );
}
