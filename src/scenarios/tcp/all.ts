/** The scenarios of this folder, in the order in which a course would take them inside a chapter. */
import type { Scenario } from '../scenario.ts';
import { bufferbloat } from './bufferbloat.ts';
import { congestionAvoidance } from './congestion-avoidance.ts';
import { cubicAgainstReno } from './cubic-against-reno.ts';
import { delayedAck, nagle, nagleDelayedAck } from './delayed-ack.ts';
import { halfClose } from './half-close.ts';
import { handshake } from './handshake.ts';
import { keepAliveCrashed, keepAliveRebooted, keepAliveUnreachable, keepAliveUp } from './keep-alive.ts';
import { messageBoundaries } from './messages.ts';
import { connectionTimeout, refused } from './refused.ts';
import { resetUnread } from './reset-unread.ts';
import { simultaneousClose, simultaneousOpen } from './simultaneous.ts';
import { slowStart } from './slow-start.ts';
import { synCookies } from './syn-cookies.ts';
import { timeWaitFin, timeWaitLate } from './time-wait.ts';
import { sillyWindow, slidingWindow, zeroWindow } from './window.ts';
import { windowScaling } from './window-scale.ts';

export const TCP_SCENARIOS: readonly Scenario[] = [
  handshake,
  halfClose,
  simultaneousOpen,
  simultaneousClose,
  refused,
  connectionTimeout,
  resetUnread,
  timeWaitFin,
  timeWaitLate,
  delayedAck,
  nagle,
  nagleDelayedAck,
  slidingWindow,
  zeroWindow,
  sillyWindow,
  windowScaling,
  slowStart,
  congestionAvoidance,
  cubicAgainstReno,
  bufferbloat,
  keepAliveUp,
  keepAliveCrashed,
  keepAliveRebooted,
  keepAliveUnreachable,
  synCookies,
  messageBoundaries,
];
