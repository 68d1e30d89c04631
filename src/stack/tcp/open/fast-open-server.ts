/** A SYN that asks for Fast Open reaches a listener: RFC 7413 §4.2.2. */
import type { Micros } from '../../time.ts';
import type { FastOpenOption } from '../../wire/fast-open.ts';
import type { Segment } from '../../wire/tcp.ts';
import type { FourTuple } from '../connection.ts';
import type { TcpOptions } from '../options.ts';
import { FastOpen } from './fast-open.ts';
import type { FastOpenKeys } from './fast-open-keys.ts';
import type { FastOpenQueue } from './fast-open-queue.ts';

/** A listener's part of it. */
export interface FastOpenPort {
  readonly queue: FastOpenQueue;
  readonly keys: FastOpenKeys;
}

/**
 * Looks at the cookie in a SYN.
 * @returns with a queue: accept the connection now. Without: open in the ordinary way, with a cookie in the answer. Undefined:
 *   in the ordinary way
 */
export function admit(
  { queue, keys }: FastOpenPort,
  syn: Segment,
  id: FourTuple,
  options: TcpOptions,
  now: Micros,
): FastOpen | undefined {
  const { fastOpen, payloadLength } = syn;
  if ((fastOpen === undefined && payloadLength === 0) || !queue.hasRoom(now)) return undefined;
  if (!options.fastOpenCookies) return new FastOpen(undefined, 0, undefined, queue);
  if (fastOpen === undefined) return undefined;
  const { experimental } = fastOpen;
  const client = id.remote.w3;
  const server = id.local.w3;
  const verdict = fastOpen.cookie.length === 0 ? 'invalid' : keys.check(fastOpen.cookie, client, server);
  const fresh: FastOpenOption = { cookie: keys.make(client, server), experimental };
  if (verdict === 'invalid') return new FastOpen(fresh, 0);
  const repeats = verdict === 'previous' || options.fastOpenEcho;
  return new FastOpen(repeats ? fresh : undefined, 0, undefined, queue);
}
