/** What a segment that arrived did to its connection: the difference between before and after, in words. */

import type { Connection } from '../stack/tcp/connection.ts';
import type { Verdict } from '../stack/tcp/drops.ts';
import { CE } from '../stack/tcp/ecn/ecn.ts';
import { isSynchronized } from '../stack/tcp/state.ts';
import { diff } from '../stack/wire/seq.ts';
import type { Segment } from '../stack/wire/tcp.ts';
import { ACK, CWR, SYN } from '../stack/wire/tcp.ts';
import { textWords } from './arriving-text.ts';
import { recoveryWords } from './recovery-words.ts';
import type { Told } from './told.ts';
import { bytes, counted, listed, ours } from './words.ts';

/** Events in the order in which a reader wants them; none for what was to be expected. */
export function arrivingWords(told: Told, tcb: Connection, segment: Segment, verdict: Verdict): string[] {
  const isTaken = verdict === undefined || verdict === 'done';
  if (!isTaken) return [];
  return [
    ...markWords(told, tcb, segment),
    ...(segment.has(ACK) ? ackWords(told, tcb, segment) : []),
    ...textWords(told, tcb, segment),
  ];
}

function ackWords(told: Told, tcb: Connection, segment: Segment): string[] {
  const acknowledged = acknowledgedWords(told, tcb);
  if (acknowledged !== '') told.duplicateAcks = 0;
  const isRepeated = acknowledged === '' && isSynchronized(tcb.state) && isDuplicate(tcb, segment);
  if (isRepeated) told.duplicateAcks++;
  return [
    acknowledged,
    isRepeated ? `duplicate ACK ${told.duplicateAcks}` : '',
    ...sackWords(told, tcb, segment),
    ...recoveryWords(told, tcb),
    ...windowWords(told, tcb, segment, acknowledged !== '' || isRepeated),
  ].filter((event) => event !== '');
}

/** RFC 5681 §2; with selective acknowledgments RFC 6675 §2: it reports something new. */
const isDuplicate = ({ agreement, sender }: Connection, { payloadLength, sackCount }: Segment): boolean =>
  agreement.sack && sackCount > 0 ? payloadLength === 0 && sender.sample.sacked > 0 : sender.sample.isRepeated;

/** "acknowledges 2,920 bytes and the FIN" */
function acknowledgedWords({ before }: Told, { snd, sender }: Connection): string {
  const covered = diff(snd.una, before.una);
  if (covered <= 0) return '';
  const syn = snd.synAcknowledged && !before.synAcknowledged;
  const fin = sender.finAcknowledged && !before.finAcknowledged;
  const text = covered - (syn ? 1 : 0) - (fin ? 1 : 0);
  return `acknowledges ${listed([...(syn ? ['the SYN'] : []), ...(text > 0 ? [bytes(text)] : []), ...(fin ? ['the FIN'] : [])])}`;
}

/** "SACK: 2 blocks, 1,460 bytes more", "D-SACK: 1:1461 arrived twice" */
function sackWords({ before }: Told, tcb: Connection, { sackCount, sackEdges }: Segment): string[] {
  if (sackCount === 0 || !tcb.agreement.sack) return [];
  const { sender } = tcb;
  const isReport = sender.duplicatesReported > before.duplicatesReported;
  const blocks = sackCount - (isReport ? 1 : 0);
  const news = sender.sample.sacked;
  const report = isReport ? [`D-SACK: ${ours(tcb, sackEdges[0] as never, sackEdges[1] as never)} arrived twice`] : [];
  if (blocks === 0) return report;
  return [...report, `SACK: ${counted(blocks, 'block')}${news > 0 ? `, ${bytes(news)} more` : ''}`];
}

/** @param hasOtherNews the window alone is what the segment was sent for when there is none */
function windowWords({ before }: Told, { snd, state }: Connection, segment: Segment, hasOtherNews: boolean): string[] {
  if (!before.synAcknowledged || !isSynchronized(state)) return [];
  const { wnd } = snd;
  if (wnd === 0 && before.sendWindow > 0) return ['window closed'];
  if (wnd > 0 && before.sendWindow === 0) return [`window open again: ${bytes(wnd)}`];
  if (wnd === 0 && before.probes > 0) return ['window still closed'];
  const isAlone = !hasOtherNews && segment.length === 0 && segment.sackCount === 0;
  return isAlone && wnd !== before.sendWindow ? [`window update: ${bytes(wnd)}`] : [];
}

/** Explicit Congestion Notification, RFC 3168. */
function markWords({ before }: Told, { ecn }: Connection, segment: Segment): string[] {
  if (ecn === undefined || segment.has(SYN)) return [];
  return [
    ...(segment.ecn === CE ? ['congestion experienced: a router marked it'] : []),
    ...(ecn.cwrDue && !before.cwrDue ? ['ECE: a mark was seen by the peer, cwnd is reduced'] : []),
    ...(segment.has(CWR) && before.echoes ? ['CWR: the peer has reduced its window'] : []),
  ];
}
