/** The Character Generator Protocol, RFC 864: characters without end. */
import type { Stack, TcpSocket } from '../stack/index.ts';
import type { Service, ServiceOptions } from './service.ts';
import { startService } from './service.ts';

export const CHARGEN_PORT = 19;

/** RFC 864: "72 character lines of the ASCII printing characters", of which there are 95; each line begins one further. */
const LINE = 72;
const LINE_WITH_END = LINE + 2;
const PRINTING = 95;
const FIRST_PRINTING = 0x20;
/** After so many bytes the lines repeat. */
const PERIOD = PRINTING * LINE_WITH_END;
/** In the block that is written from: about 256 KiB. */
const PERIODS = 37;
const THROWN_AWAY = 4096;

/** All lines until they repeat: 7,030 bytes. */
export function chargenLines(): Uint8Array {
  const bytes = new Uint8Array(PERIOD);
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
  const block = manyPeriods(lines);
  let next = 0;
  return startService(
    stack,
    {
      port: CHARGEN_PORT,
      onConnection: (socket) => generate(socket, block),
      onDatagram() {
        const at = next * LINE_WITH_END;
        next = (next + 1) % PRINTING;
        return lines.slice(at, at + LINE_WITH_END);
      },
    },
    options,
  );
}

/**
 * Writes until the peer has enough, which it says by its end or a reset. Inside of the stack's run, as room comes, and from a
 * block of many periods: bulk out of a TAP with offload went from 21 to 39 Gbit/s when this took the place of promises.
 */
function generate(socket: TcpSocket, block: Uint8Array): Promise<void> {
  const thrown = new Uint8Array(THROWN_AWAY);
  let at = 0;
  return new Promise((resolve) => {
    socket.onChange = () => {
      while (socket.readNow(thrown) > 0); // "the data received is thrown away"
      if (socket.isAtEnd || socket.failure !== undefined) return resolve();
      for (let taken = -1; taken !== 0; at = (at + taken) % PERIOD) taken = socket.writeNow(block, at);
    };
    socket.onChange();
  });
}

/** The lines over and over, so that one write fills what room there is. */
function manyPeriods(lines: Uint8Array): Uint8Array {
  const block = new Uint8Array(PERIOD * PERIODS);
  for (let at = 0; at < block.length; at += PERIOD) block.set(lines, at);
  return block;
}
