/** FreeBSD's ways, as its sources have them: tcp_input.c, tcp_output.c, tcp_syncache.c, tcp_timer.c of version 15. */
import type { Habits } from '../../stack/tcp/options/habits.ts';
import { TEXTBOOK_HABITS } from '../../stack/tcp/options/habits.ts';
import { SECOND } from '../../stack/time.ts';

export const FREEBSD_HABITS: Habits = {
  ...TEXTBOOK_HABITS,
  optionOrder: 'freebsd',
  window: 'freebsd',
  windowShift: 6, // the smallest with which 16 bits name kern.ipc.maxsockbuf
  acknowledges: 'second segment',
  checks: 'freebsd',
  rtoAfterSynTimeout: 1 * SECOND,
  timesSynAck: false,
  persistMin: 5 * SECOND, // net.inet.tcp.persmin
  persistMax: 60 * SECOND,
  endsAttemptOnTime: true, // TT_KEEP
  resetsUnread: false,
  repeatsFin: true,
  queuesEarlyClose: true,
  challenges: 5, // net.inet.tcp.ack_war_cnt
  challengePeriod: 1 * SECOND,
};
