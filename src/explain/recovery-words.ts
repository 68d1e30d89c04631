/** What an acknowledgment said about losses: RFC 5681, RFC 6582, RFC 6675, RFC 8985, and the mistakes of RFC 3522 and RFC 5682. */
import type { Connection } from '../stack/tcp/connection.ts';
import type { Told } from './told.ts';
import { bytes } from './words.ts';

export function recoveryWords(told: Told, tcb: Connection): string[] {
  const { before } = told;
  const { sender } = tcb;
  const words: string[] = [];
  if (sender.reorderingSeen && !before.reorderingSeen) words.push('reordering seen: RACK waits longer from now on');
  const lost = sender.sent.lostTotal - before.lost;
  if (lost > 0 && sender.recovery.phase !== 'open') words.push(`${bytes(lost)} believed lost`);
  words.push(...phaseWords(told, tcb));
  if (before.isProbeOut && !sender.isTailProbeOut && before.phase === 'open' && sender.recovery.phase === 'open') {
    words.push(
      wasReduced(told, tcb) ? 'the tail loss probe has repaired a loss' : 'the tail loss probe is answered: nothing is lost',
    );
  }
  return words;
}

function phaseWords(told: Told, tcb: Connection): string[] {
  const { before } = told;
  const { recovery } = tcb.sender;
  const isUndone = (recovery.history?.counters.undone ?? 0) > before.undone;
  if (isUndone) return [undoWords(told, tcb)];
  if (before.phase === recovery.phase) return isPartial(told, tcb) ? ['partial ACK: more is missing'] : [];
  switch (recovery.phase) {
    case 'fast recovery':
      return [before.phase === 'open' ? 'enters fast recovery' : 'a retransmission is lost too: enters fast recovery'];
    case 'timeout recovery':
      return ['slow start from one segment'];
    case 'open':
      return [before.phase === 'fast recovery' ? 'leaves fast recovery' : 'leaves RTO recovery'];
  }
}

const isPartial = ({ before }: Told, { snd, sender }: Connection): boolean =>
  sender.recovery.phase === 'fast recovery' && snd.una !== before.una;

function undoWords({ before }: Told, { sender }: Connection): string {
  const isFrto = (sender.recovery.history?.counters.spuriousTimeouts ?? 0) > before.spuriousTimeouts;
  if (isFrto) return 'the time-out was spurious (F-RTO): reduction undone';
  const isReported = sender.duplicatesReported > before.duplicatesReported;
  const how = isReported ? 'all that was sent again arrived twice' : 'this answers the original, not the retransmission (Eifel)';
  return `spurious retransmission: ${how}, reduction undone`;
}

/** ssthresh has come down since it was last told. */
const wasReduced = ({ ssthresh }: Told, { sender }: Connection): boolean =>
  Math.floor(sender.control.threshold) < (ssthresh === '' ? Number.POSITIVE_INFINITY : Number(ssthresh)) &&
  sender.control.threshold < 0x7fff_ffff;
