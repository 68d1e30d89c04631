/** Two hosts and a clock for the applications, and a client that says what it likes. */
import type { World } from '../../../src/lab/index.ts';
import type { Timekeeper } from '../../../src/services/timekeeper.ts';
import type { IpAddress, Stack, TcpSocket } from '../../../src/stack/index.ts';
import { connectTcp, ipv4, MINUTE } from '../../../src/stack/index.ts';
import { twoHosts } from '../../two-hosts.ts';
import { worldTimekeeper } from '../iperf3/two-ends.ts';

export const BOB: IpAddress = ipv4('10.0.0.2');
export const PORT = 5000;

export interface AppSetting {
  readonly world: World;
  readonly time: Timekeeper;
  readonly alice: Stack;
  /** The server. */
  readonly bob: Stack;
  readonly to: { readonly address: IpAddress; readonly port: number };
  readonly done: <T>(work: Promise<T>) => Promise<T>;
  /** Connects, says the bytes one after the other in writes of their own, closes its direction, and reads to the end. */
  readonly tell: (...pieces: readonly (string | Uint8Array)[]) => Promise<string>;
  /** The same, without closing its direction. */
  readonly tellAndWait: (...pieces: readonly (string | Uint8Array)[]) => Promise<string>;
}

export function appSetting(): AppSetting {
  const { world, alice, bob } = twoHosts();
  const time = worldTimekeeper(world);
  const done = <T>(work: Promise<T>): Promise<T> => world.finish(work, { limit: 60 * MINUTE });
  const converse = async (pieces: readonly (string | Uint8Array)[], closes: boolean): Promise<string> => {
    const socket = await connectTcp(alice, BOB, PORT, { noDelay: true });
    for (const piece of pieces) await written(socket, piece);
    if (closes) socket.closeWrite();
    return readAll(socket);
  };
  return {
    world,
    time,
    alice,
    bob,
    to: { address: BOB, port: PORT },
    done,
    tell: (...pieces) => done(converse(pieces, true)),
    tellAndWait: (...pieces) => done(converse(pieces, false)),
  };
}

/** A server that has said why it leaves may have left. */
async function written(socket: TcpSocket, piece: string | Uint8Array): Promise<void> {
  await socket.write(typeof piece === 'string' ? Buffer.from(piece) : piece).catch(() => {});
}

/** As Latin-1. */
export async function readAll(socket: TcpSocket): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of socket) chunks.push(bytes);
  await socket.close();
  return Buffer.concat(chunks).toString('latin1');
}

/** Four bytes of length and a header as it is given. */
export function headerFrame(header: string | Uint8Array, length: number = Buffer.byteLength(header)): Uint8Array {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(length);
  return Buffer.concat([prefix, Buffer.from(header)]);
}
