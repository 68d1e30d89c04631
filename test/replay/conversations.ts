/** Things that two hosts do: what the captures of the replay's tests are made of. */
import { connectTcp, fromV4, ipv4, listenTcp, MILLISECOND, openUdp, parseV4 } from '../../src/stack/index.ts';
import { pattern } from '../two-hosts.ts';
import type { Lab } from './lab.ts';
import { B } from './lab.ts';

/** Reads to the end. */
async function drain(socket: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of socket) if (chunk.length === 0) return;
}

/** B sends back what A sends. */
export async function echoed({ a, b }: Lab, size: number): Promise<void> {
  const listener = listenTcp(b, 80);
  const serve = async (): Promise<void> => {
    const socket = (await listener.accept())!;
    for await (const chunk of socket) await socket.write(chunk);
    await socket.close();
  };
  const served = serve();
  const socket = await connectTcp(a, ipv4(B), 80);
  await socket.write(pattern(size));
  socket.closeWrite();
  await drain(socket);
  await socket.close();
  await served;
}

/** A asks in one segment, B answers with so many bytes and closes. */
export async function download({ a, b }: Lab, size: number): Promise<void> {
  const listener = listenTcp(b, 80);
  const serve = async (): Promise<void> => {
    const socket = (await listener.accept())!;
    await socket.read();
    await socket.write(pattern(size));
    await socket.close();
  };
  const served = serve();
  const socket = await connectTcp(a, ipv4(B), 80);
  await socket.write(pattern(77));
  await drain(socket);
  await socket.close();
  await served;
}

/** A sends messages of several sizes, with pauses; B answers each. */
export async function messages({ a, b, sleep }: Lab, sizes: readonly number[], pause = 30 * MILLISECOND): Promise<void> {
  const listener = listenTcp(b, 7);
  const serve = async (): Promise<void> => {
    const socket = (await listener.accept())!;
    for await (const chunk of socket) await socket.write(chunk.subarray(0, Math.ceil(chunk.length / 2)));
    await socket.close();
  };
  const served = serve();
  const socket = await connectTcp(a, ipv4(B), 7);
  const reading = drain(socket);
  for (const size of sizes) {
    await socket.write(pattern(size));
    await sleep(pause);
  }
  socket.closeWrite();
  await reading;
  await socket.close();
  await served;
}

/** B's application does not read for a while: the window closes, is probed, and opens. */
export async function slowReader({ a, b, sleep }: Lab, size: number, pause: number): Promise<void> {
  const listener = listenTcp(b, 80);
  const serve = async (): Promise<void> => {
    const socket = (await listener.accept())!;
    await sleep(pause);
    await drain(socket);
    await socket.close();
  };
  const served = serve();
  const socket = await connectTcp(a, ipv4(B), 80);
  await socket.write(pattern(size));
  await socket.close();
  await served;
}

/** Nobody listens. */
export async function refused({ a }: Lab): Promise<void> {
  await connectTcp(a, ipv4(B), 81).catch(() => {});
}

/** A aborts in the middle. */
export async function aborted({ a, b, sleep }: Lab): Promise<void> {
  const listener = listenTcp(b, 80);
  const served = listener.accept();
  const socket = await connectTcp(a, ipv4(B), 80);
  await socket.write(pattern(300));
  await sleep(20 * MILLISECOND);
  socket.abort();
  await (await served)!.read();
  listener.close();
}

export async function pings({ a, sleep }: Lab, count: number, size = 56): Promise<void> {
  for (let sequence = 1; sequence <= count; sequence++) {
    a.icmp.sendEcho({ destination: parseV4(B)!, identifier: 77, sequence, payload: pattern(size) }, a.now);
    await sleep(100 * MILLISECOND);
  }
}

/** B sends back A's datagrams; the last goes to a closed port. */
export async function datagrams({ a, b, sleep }: Lab, sizes: readonly number[]): Promise<void> {
  const server = openUdp(b, { port: 7 });
  const serve = async (): Promise<void> => {
    for await (const { bytes, from } of server) await server.send(bytes, from);
  };
  void serve();
  const client = openUdp(a);
  const to = (port: number) => ({ address: fromV4(parseV4(B)!), port });
  for (const size of sizes) {
    await client.send(pattern(size), to(7));
    await sleep(10 * MILLISECOND);
  }
  await client.send(pattern(4), to(9));
  await sleep(10 * MILLISECOND);
  server.close();
}
