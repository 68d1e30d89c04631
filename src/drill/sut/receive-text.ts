/** Reading from the stream of a connection: every byte is held against what the peer is known to send. */
import type { Connection } from '../../stack/tcp/connection.ts';
import { nextToRead } from '../../stack/tcp/receive/urgent-mark.ts';
import { diff } from '../../stack/wire/seq.ts';
import { wrongAt } from '../wire/payload.ts';
import { SOL_TCP, TCP_CM_INQ } from './control-constants.ts';
import type { ControlMessage, Outcome } from './sut.ts';
import { ok } from './sut.ts';

/** Takes at most `length` bytes. */
export function receiveText(connection: Connection, length: number): Outcome {
  const bytes = new Uint8Array(Math.min(length, connection.readable));
  const count = connection.receive(bytes);
  const place = diff(nextToRead(connection), connection.rcv.irs) - 1 - count;
  const wrong = wrongAt('in', place, bytes, 0, count);
  const fault = wrong < 0 ? {} : { fault: `byte ${place + wrong} of the stream is not what the peer sent` };
  return { ...ok(count), ...fault };
}

/** What recvmsg tells of it. @param left with TCP_INQ, how many bytes are left */
export function withControl(
  outcome: Outcome | undefined,
  connection: Connection | undefined,
  left: boolean,
): Outcome | undefined {
  if (outcome === undefined || connection === undefined) return outcome;
  return { ...outcome, told: { flags: 0, control: left ? [bytesLeft(connection)] : [] } };
}

/** TCP_CM_INQ: the bytes that are left, and one more for the FIN, so that the application reads on (tcp_inq_hint). */
function bytesLeft({ receiver, app }: Connection): ControlMessage {
  return { level: SOL_TCP, type: TCP_CM_INQ, data: receiver.available + Number(app.peerClosed) };
}
