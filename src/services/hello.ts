/**
 * A minimal HTTP responder: every request gets the same 200. It stands directly on the machine of TCP, without sockets and
 * promises, and shows what the stack itself costs a server.
 */
import type { Micros, Stack } from '../stack/index.ts';
import { Roster, SECOND } from '../stack/index.ts';
import { Answers } from './http/answers.ts';
import { Conversation, Workspace } from './http/conversation.ts';
import type { Service } from './service.ts';
import type { Timekeeper } from './timekeeper.ts';

export interface HelloOptions {
  /** 0: any free one. @default 8080 */
  readonly port?: number;
  readonly time: Timekeeper;
  /** At once; more are reset. @default 131,072 */
  readonly maxConnections?: number;
  /** A connection on which nothing comes for so long, or up to twice as long, is closed. @default 60 s */
  readonly patience?: Micros;
}

export const HELLO_PORT = 8080;
const BODY = 'Hello from tapstack.\n';

/** @throws TcpError when the port is taken */
export function startHello(stack: Stack, options: HelloOptions): Service {
  const { port = HELLO_PORT, time, maxConnections = 131_072, patience = 60 * SECOND } = options;
  const live = new Roster<Conversation>();
  const shared = new Workspace(new Answers(BODY), (conversation) => live.delete(conversation));
  // an answer is all there is to say: nothing is gained by waiting for more (Nagle)
  const listener = stack.tcp.listen(port, { noDelay: true });
  listener.owner = {
    notify() {
      for (let connection = listener.accept(); connection !== undefined; connection = listener.accept()) {
        const conversation = new Conversation(connection, shared);
        live.add(conversation);
        if (live.size > maxConnections) conversation.abort();
        else conversation.notify(); // the request is often here already
      }
    },
  };
  /** One timer for all: who has not spoken since it last went round is given up. */
  const sweep = (): void => {
    for (const conversation of live) {
      if (conversation.hasSpoken) conversation.hasSpoken = false;
      else conversation.expire();
    }
    cancel = time.after(patience, sweep);
  };
  let cancel = time.after(patience, sweep);
  return {
    port: listener.port,
    get connections() {
      return live.size;
    },
    close() {
      cancel();
      stack.tcp.unlisten(listener);
      for (const conversation of live) conversation.abort();
    },
  };
}
