/** Who watches TCP at work: for comments in captures and for series of numbers. It looks, and changes nothing. */
import type { Packet } from '../bytes/packet.ts';
import type { Micros } from '../time.ts';
import type { Segment } from '../wire/tcp.ts';
import type { TcpFault } from './arrive/icmp.ts';
import type { Connection } from './connection.ts';
import type { Verdict } from './drops.ts';
import type { State } from './state.ts';
import type { TimeWait } from './time/time-wait.ts';

/** Called in the middle of a run: what is handed over is borrowed, and the watcher calls nothing that changes anything. */
export interface TcpObserver {
  /** A connection came into being, in CLOSED. */
  connectionBegins(connection: Connection): void;
  stateChanges(connection: Connection, from: State, to: State): void;
  /** A segment has reached its connection, which has not looked at it yet. */
  segmentArrives(connection: Connection, segment: Segment, now: Micros): void;
  /** The connection is done with it. @param verdict why it was not taken, where it was not */
  segmentTaken(connection: Connection, segment: Segment, verdict: Verdict, now: Micros): void;
  /** The same for what rests in TIME-WAIT. */
  timeWaitTook(record: TimeWait, segment: Segment, verdict: Verdict, now: Micros): void;
  /** One of the connection's timers has expired, and what is to be done about it is done. */
  timerExpired(connection: Connection, now: Micros): void;
  /** An ICMP error has reached the connection. @param isBelieved it quotes something that is in flight */
  icmpArrived(connection: Connection, fault: TcpFault, isBelieved: boolean): void;
  /** What arrived is answered by nobody's segment: a reset, a SYN cookie, an acknowledgment in TIME-WAIT. */
  answerQueued(answer: Segment): void;
  /**
   * A segment goes out.
   * @param connection undefined for an answer that belongs to none
   * @param packet its `note` and `news` may be set
   */
  segmentLeaves(connection: Connection | undefined, segment: Segment, packet: Packet, now: Micros): void;
}
