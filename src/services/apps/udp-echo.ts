/**
 * A UDP echo, the client's side; the server is `echo.ts` of the services on any port, as RFC 862 has it: whatever comes goes back.
 * UDP promises nothing, so the client asks again, and takes no answer but its own for one.
 */
import type { IpAddress, Micros, Stack } from '../../stack/index.ts';
import { openUdp, SECOND, type UdpSocket } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';

export interface UdpEchoOptions {
  readonly time: Timekeeper;
  /** How long each answer is waited for. @default 1 s */
  readonly patience?: Micros;
  /** How often the same is sent at most. @default 3 */
  readonly tries?: number;
}

export interface UdpEchoResult {
  /** Datagrams sent until the answer came. */
  readonly tries: number;
  /** From the last of them to the answer. */
  readonly rtt: Micros;
}

/** @returns undefined when no answer came. @throws UdpError when an ICMP error came, or it cannot be sent */
export async function udpEcho(
  stack: Stack,
  to: { readonly address: IpAddress; readonly port: number },
  bytes: Uint8Array,
  { time, patience = SECOND, tries = 3 }: UdpEchoOptions,
): Promise<UdpEchoResult | undefined> {
  for (let tried = 1; tried <= tries; tried++) {
    const socket = openUdp(stack); // a late answer to the one before finds nobody
    const cancel = time.after(patience, () => socket.close());
    const sentAt = time.now();
    try {
      socket.connect(to.address, to.port);
      await socket.send(bytes);
      if (await comesBack(socket, bytes)) return { tries: tried, rtt: time.now() - sentAt };
    } finally {
      cancel();
      socket.close();
    }
  }
  return undefined;
}

/** @returns false when the socket was closed before */
async function comesBack(socket: UdpSocket, bytes: Uint8Array): Promise<boolean> {
  for await (const { bytes: answer } of socket) {
    if (answer.length === bytes.length && answer.every((byte, at) => byte === bytes[at])) return true;
  }
  return false;
}
