/** The capture says beside each frame what the stack knew when it sent or received it. */
import { describe, expect, test } from 'vitest';
import type { FrameLog } from '../../src/capture/index.ts';
import { connectTcp, ipv4, listenTcp, SECOND } from '../../src/stack/index.ts';
import { Explained } from './explained.ts';

const B = ipv4('10.0.0.2');

async function requestAndClose(lab: Explained): Promise<void> {
  const listener = listenTcp(lab.b, 80);
  const serve = async (): Promise<void> => {
    const socket = await listener.accept();
    while ((await socket?.read()) !== undefined);
    await socket?.close();
  };
  const ask = async (): Promise<void> => {
    const socket = await connectTcp(lab.a, B, 80);
    await socket.write(new Uint8Array(100));
    socket.closeWrite();
    await socket.close();
  };
  await lab.world.finish(Promise.all([serve(), ask()]));
  await lab.world.runFor(SECOND);
}

describe('a conversation', () => {
  test('from the first SYN to TIME-WAIT, as both ends see it', async () => {
    const lab = new Explained();
    await requestAndClose(lab);
    expect(lab.said('a')).toEqual([
      'out a packet waits for the answer',
      'in learnt 10.0.0.2 is at 02:00:0a:00:00:02; 1 packet waited for it',
      'out SYN; CLOSED to SYN-SENT | RTO 1000 ms',
      'in SYN-SENT to ESTABLISHED; acknowledges the SYN | cwnd 14480, srtt 30 ms, RTO 200 ms',
      'out ACK of the SYN',
      'out FIN; ESTABLISHED to FIN-WAIT-1 | flight 101',
      'in FIN-WAIT-1 to FIN-WAIT-2; acknowledges 100 bytes and the FIN | flight 0, srtt 28.8 ms',
      'in FIN-WAIT-2 to TIME-WAIT',
      'out ACK of the FIN',
    ]);
    expect(lab.said('b')).toEqual([
      'in learnt 10.0.0.1 is at 02:00:0a:00:00:01',
      'in LISTEN to SYN-RECEIVED | RTO 1000 ms',
      'out SYN ACK',
      'in SYN-RECEIVED to ESTABLISHED; acknowledges the SYN | cwnd 14480, srtt 20 ms, RTO 200 ms',
      'in ESTABLISHED to CLOSE-WAIT',
      'out ACK of the FIN',
      'out FIN; CLOSE-WAIT to LAST-ACK | flight 1',
      'in LAST-ACK to CLOSED; acknowledges the FIN',
    ]);
  });
});

describe('without explanations', () => {
  test('the same frames at the same times, with the short reasons of what was sent', async () => {
    const explained = new Explained();
    const plain = new Explained({ a: { explain: false }, b: { explain: false } });
    for (const lab of [explained, plain]) await requestAndClose(lab);
    const bare = (log: FrameLog) => log.frames().map(({ comment: _, ...frame }) => frame);
    expect(bare(plain.logs.a)).toEqual(bare(explained.logs.a));
    expect(bare(plain.logs.b)).toEqual(bare(explained.logs.b));
    expect(plain.logs.a.frames().filter(({ comment }) => /[\n;]| to /.test(comment))).toEqual([]);
  });
});
