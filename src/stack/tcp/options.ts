/** What can be set per stack and per connection, by the room that it concerns. */

import type { CongestionOptions } from './options/congestion.ts';
import { CONGESTION_DEFAULTS } from './options/congestion.ts';
import type { Habits } from './options/habits.ts';
import { TEXTBOOK_HABITS } from './options/habits.ts';
import type { LossOptions } from './options/loss.ts';
import { LOSS_DEFAULTS } from './options/loss.ts';
import type { OpenOptions } from './options/open.ts';
import { OPEN_DEFAULTS } from './options/open.ts';
import type { PathOptions } from './options/path.ts';
import { PATH_DEFAULTS } from './options/path.ts';
import type { PatienceOptions } from './options/patience.ts';
import { PATIENCE_DEFAULTS } from './options/patience.ts';
import type { ReceiveOptions } from './options/receive.ts';
import { RECEIVE_DEFAULTS } from './options/receive.ts';
import type { SendOptions } from './options/send.ts';
import { SEND_DEFAULTS } from './options/send.ts';
import type { TimeoutOptions } from './options/timeout.ts';
import { TIMEOUT_DEFAULTS } from './options/timeout.ts';

export interface TcpOptions
  extends OpenOptions,
    SendOptions,
    ReceiveOptions,
    PatienceOptions,
    TimeoutOptions,
    LossOptions,
    CongestionOptions,
    PathOptions {
  /** Where hosts differ from each other: see options/habits.ts. @default the RFCs' way */
  readonly habits: Habits;
}

export const DEFAULTS: TcpOptions = {
  ...OPEN_DEFAULTS,
  ...SEND_DEFAULTS,
  ...RECEIVE_DEFAULTS,
  ...PATIENCE_DEFAULTS,
  ...TIMEOUT_DEFAULTS,
  ...LOSS_DEFAULTS,
  ...CONGESTION_DEFAULTS,
  ...PATH_DEFAULTS,
  habits: TEXTBOOK_HABITS,
};
