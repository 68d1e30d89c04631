/** One line for each frame as it passes. */
import { expect, test } from 'vitest';
import { FrameLines } from '../../../src/capture/words/frame-lines.ts';
import * as tcp from '../../../src/stack/wire/tcp.ts';
import { A, B, recorded, tcpFrame } from '../frames.ts';

test('time since the first, interface, direction, packet with relative numbers, and why it was sent', () => {
  const lines: string[] = [];
  const sink = new FrameLines((line) => lines.push(line));
  const interfaceId = sink.addInterface('tap0');
  sink.frame(recorded(tcpFrame({ seq: 500, flags: tcp.SYN }), 7_000_000, { interfaceId }));
  const answer = { from: B, to: A, sourcePort: 80, destinationPort: 43_210, seq: 9, ack: 501, flags: tcp.SYN | tcp.ACK };
  sink.frame(recorded(tcpFrame(answer), 7_000_250, { interfaceId, direction: 'in' }));
  sink.frame(recorded(tcpFrame({ seq: 501, ack: 10 }), 8_500_000, { interfaceId, comment: 'acknowledgment at once' }));
  expect(lines).toEqual([
    '0.000000 tap0 > 10.0.0.1:43210 > 10.0.0.2:80 [S] seq 0 win 64240',
    '0.000250 tap0 < 10.0.0.2:80 > 10.0.0.1:43210 [S.] seq 0 ack 1 win 64240',
    '1.500000 tap0 > 10.0.0.1:43210 > 10.0.0.2:80 [.] seq 1 ack 1 win 64240  # acknowledgment at once',
  ]);
});
