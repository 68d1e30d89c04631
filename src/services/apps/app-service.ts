/** What the teaching applications have in common: many peers at once, a time and a length for all that a peer says, and manners. */
import type { Micros, Stack, TcpSocket } from '../../stack/index.ts';
import type { Service } from '../service.ts';
import { startService } from '../service.ts';
import type { PeerFaultReason } from '../talk/peer-fault.ts';
import { PeerFault } from '../talk/peer-fault.ts';
import { Talk } from '../talk/talk.ts';
import type { Timekeeper } from '../timekeeper.ts';

export interface AppOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly time: Timekeeper;
  /** How long a peer may take for one piece of the protocol. @default see the application */
  readonly patience?: Micros;
  /** At once; more are reset. @default 64 */
  readonly maxConnections?: number;
}

export interface AppService extends Service {
  /** Conversations that the peer's doing has ended, by reason; those that occurred. */
  readonly faults: ReadonlyMap<PeerFaultReason, number>;
}

/** What makes one application different from the others. */
export interface AppBehavior {
  /** A conversation. @throws PeerFault when the peer is to be told, and left */
  converse(talk: Talk): Promise<void>;
  /** How a peer is told that it is left. */
  refusal(fault: PeerFault): string | Uint8Array;
}

const MAX_CONNECTIONS = 64;

/** @throws TcpError when the port is taken */
export function startApp(stack: Stack, behavior: AppBehavior, options: AppOptions): AppService {
  const { port, maxConnections = MAX_CONNECTIONS } = options;
  const faults = new Map<PeerFaultReason, number>();
  const onConnection = async (socket: TcpSocket): Promise<void> => {
    const talk = new Talk(socket, options);
    const fault = await faultIn(() => behavior.converse(talk));
    if (fault !== undefined) {
      faults.set(fault.reason, (faults.get(fault.reason) ?? 0) + 1);
      await faultIn(() => talk.say(behavior.refusal(fault)));
    }
    await talk.farewell();
  };
  const service = startService(stack, { port, onConnection, onDatagram: () => undefined }, { port, udp: false, maxConnections });
  return {
    port: service.port,
    get connections() {
      return service.connections;
    },
    faults,
    close: () => service.close(),
  };
}

async function faultIn(work: () => Promise<void>): Promise<PeerFault | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof PeerFault) return error;
    throw error;
  }
}
