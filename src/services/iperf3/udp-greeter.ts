/** How UDP streams are made, where there are no connections: the client greets on each, the server answers. */
import type { IpAddress, Stack, UdpSocket } from '../../stack/index.ts';
import { openUdp, SECOND } from '../../stack/index.ts';
import { nextDatagram } from '../next-datagram.ts';
import type { Timekeeper } from '../timekeeper.ts';
import * as datagram from './datagram.ts';
import type { UdpStreamParts } from './udp-streams.ts';
import { STREAM_LIMITS } from './udp-streams.ts';

export interface Greeted {
  readonly socket: UdpSocket;
  readonly ends: Pick<UdpStreamParts, 'local' | 'remote'>;
}

/** The server's side: the port, while streams are made. */
export class UdpGreeter {
  readonly #stack: Stack;
  readonly #socket: UdpSocket;
  readonly #client: IpAddress;

  /** @param client nobody else is heard @throws UdpError when the port is taken */
  constructor(stack: Stack, port: number, client: IpAddress) {
    this.#stack = stack;
    this.#client = client;
    this.#socket = this.#open(port);
  }

  /** Tells of each stream, in order, until it is closed. The first datagram of one, whatever it says, gets it a socket and an answer. */
  async serve(onStream: (greeted: Greeted) => void): Promise<void> {
    for (;;) {
      const greeting = await nextDatagram(this.#socket);
      if (greeting === undefined) return;
      const { from, to } = greeting;
      if (!from.address.equals(this.#client) || from.port === 0) continue;
      const socket = this.#open(this.#socket.port);
      socket.connect(from.address, from.port);
      onStream({ socket, ends: { local: { address: to, port: this.#socket.port }, remote: from } });
      socket.sendNow(datagram.WELCOME);
    }
  }

  close(): void {
    this.#socket.close();
  }

  #open(port: number): UdpSocket {
    return openUdp(this.#stack, { port, reuse: true, limits: STREAM_LIMITS });
  }
}

const TRIES = 10;

/** The client's side: greets until it is answered. @returns false when nobody answers */
export async function greet(socket: UdpSocket, time: Timekeeper): Promise<boolean> {
  const answer = new Uint8Array(datagram.LONGEST_HEADER);
  for (let tries = TRIES; tries > 0; tries--) {
    socket.takeFailure();
    socket.sendNow(datagram.HELLO);
    const arrived = await new Promise<boolean>((resolve) => {
      const cancel = time.after(SECOND, () => resolve(false));
      socket.onChange = () => {
        // in reverse, data may overtake: whatever comes says that somebody is there
        if (socket.receiveNow(answer) < 0) return;
        cancel();
        resolve(true);
      };
    });
    socket.onChange = undefined;
    if (arrived) return true;
  }
  return false;
}
