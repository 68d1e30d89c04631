/** What a service waits for. */
import type { ReceivedDatagram, UdpSocket } from '../stack/index.ts';
import { UdpError } from '../stack/index.ts';

/** Passes over the news that an earlier answer was not delivered: its receiver has gone, others have not. Undefined: closed. */
export async function nextDatagram(socket: UdpSocket): Promise<ReceivedDatagram | undefined> {
  for (;;) {
    try {
      return await socket.receive();
    } catch (error) {
      if (!(error instanceof UdpError)) throw error;
    }
  }
}
