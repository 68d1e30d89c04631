/** A capture to analyse: two hosts, both ends of the cable recorded, frames lost and overtaken, several conversations. */
import { FrameLog } from '../../../src/capture/record/frame-log.ts';
import { FrameTee } from '../../../src/capture/record/frame-tee.ts';
import type { FaultOptions } from '../../../src/lab/index.ts';
import { host, World } from '../../../src/lab/index.ts';
import { connectTcp, listenTcp, MILLISECOND, SECOND } from '../../../src/stack/index.ts';
import { ipv4 } from '../../../src/stack/wire/ip-address.ts';
import { pattern, settle } from '../../two-hosts.ts';

export const REQUEST = pattern(50_000);
export const ANSWER = pattern(20_000).reverse();

const BOB = ipv4('10.0.0.2');

export interface Lossy {
  /** Of alice's interface alone, and of both. */
  readonly alice: FrameLog;
  readonly both: FrameLog;
}

/** Alice asks 10.0.0.2:80 and bob answers; then nobody listens on port 81. */
export async function lossyConversations(seed: number, faults: FaultOptions = { loss: 0.04, reorder: 0.05 }): Promise<Lossy> {
  const [alice, both] = [new FrameLog(), new FrameLog()];
  const world = new World({ seed, settle });
  const cable = world.cable({ delay: 5 * MILLISECOND });
  const client = host(world, 'alice', cable.a, { address: '10.0.0.1/24', capture: new FrameTee(alice, both), faults });
  const server = host(world, 'bob', cable.b, { address: '10.0.0.2/24', capture: both });
  const listener = listenTcp(server, 80);
  const serve = async (): Promise<void> => {
    const socket = (await listener.accept())!;
    let got = 0;
    for (let bytes = await socket.read(); bytes !== undefined; bytes = await socket.read()) got += bytes.length;
    if (got !== REQUEST.length) throw new Error(`${got} bytes of the request`);
    await socket.write(ANSWER);
    await socket.close();
  };
  const ask = async (): Promise<void> => {
    const socket = await connectTcp(client, BOB, 80);
    await socket.write(REQUEST);
    socket.closeWrite();
    for (let bytes = await socket.read(); bytes !== undefined; bytes = await socket.read());
  };
  await world.finish(Promise.all([serve(), ask()]), { limit: 600 * SECOND });
  await world.finish(
    connectTcp(client, BOB, 81).catch(() => {}),
    { limit: 600 * SECOND },
  );
  await world.runFor(2 * SECOND);
  return { alice, both };
}
