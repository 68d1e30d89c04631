/** The second line of a comment: cwnd, ssthresh, flight, srtt and RTO, as far as they have changed since they were last told. */
import { NO_THRESHOLD } from '../stack/tcp/congestion/control.ts';
import type { Connection } from '../stack/tcp/connection.ts';
import type { Micros } from '../stack/time.ts';
import type { Told } from './told.ts';

/** Three digits are what a measurement is worth: "50.1 ms", "0.215 ms", "1000 ms". */
export const milliseconds = (time: Micros): string => {
  const ms = Math.round(time) / 1000;
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(3))} ms`;
};

/** Says what is new, and remembers that it was said. Bytes and milliseconds. */
export function changedNumbers(told: Told, tcb: Connection): string {
  if (tcb.state === 'CLOSED' || tcb.state === 'TIME-WAIT') return '';
  const { snd, sender, rtt } = tcb;
  const { window, threshold } = sender.control;
  const parts: string[] = [];
  // before the handshake is over nobody knows the segment size that windows are counted in
  if (snd.synAcknowledged) {
    const cwnd = String(Math.floor(window));
    const ssthresh = threshold >= NO_THRESHOLD ? '' : String(Math.floor(threshold));
    const flight = String(snd.flight);
    if (cwnd !== told.cwnd) parts.push(`cwnd ${cwnd}`);
    if (ssthresh !== told.ssthresh && ssthresh !== '') parts.push(`ssthresh ${ssthresh}`);
    if (flight !== told.flight) parts.push(`flight ${flight}`);
    Object.assign(told, { cwnd, ssthresh, flight });
  }
  const srtt = rtt.smoothed === 0 ? '' : milliseconds(rtt.smoothed);
  const rto = milliseconds(rtt.rto);
  if (srtt !== told.srtt) parts.push(`srtt ${srtt}`);
  if (rto !== told.rto) parts.push(`RTO ${rto}`);
  Object.assign(told, { srtt, rto });
  return parts.join(', ');
}
