/** Why something is sent again: which rule has noticed the loss, and for the how manieth time. */
import type { Connection } from '../stack/tcp/connection.ts';
import { DUPLICATE_THRESHOLD } from '../stack/tcp/loss/recovery.ts';
import type { Segment } from '../stack/wire/tcp.ts';
import { milliseconds } from './numbers.ts';
import type { Told } from './told.ts';
import { ordinal } from './words.ts';

/** @returns the reason itself for what is sent for the first time */
export function retransmissionReason(told: Told, tcb: Connection, { reason }: Segment): string {
  switch (reason) {
    case 'SYN retransmitted':
      return `SYN retransmission ${tcb.rtt.backOffs}: no answer, next after ${milliseconds(tcb.rtt.rto)}`;
    case 'SYN ACK again':
      return synAckAgain(told, tcb);
    case 'fast retransmit':
      return fastRetransmit(told, tcb);
    case 'retransmit after partial ACK':
      return 'retransmission: partial ACK, so this is missing too (NewReno)';
    case 'retransmission':
      return afterTimeout(told, tcb);
    default:
      return reason;
  }
}

function synAckAgain(told: Told, { rtt, openedActively }: Connection): string {
  if (isTimedOut(told)) return `SYN ACK retransmission ${rtt.backOffs}: no answer`;
  return openedActively ? 'SYN ACK: simultaneous open' : 'SYN ACK again: the SYN has come again';
}

function isTimedOut(told: Told): boolean {
  const { isTimedOut: was } = told;
  told.isTimedOut = false;
  return was;
}

function fastRetransmit(told: Told, tcb: Connection): string {
  const { recovery } = tcb.sender;
  const isFirst = told.recoveryTold !== recovery.recover;
  told.recoveryTold = recovery.recover;
  return `${isFirst ? 'fast retransmit' : 'retransmission'}: ${rule(tcb)}`;
}

/** What made the loss known. */
function rule({ agreement, options, sender }: Connection): string {
  const { sent, control, recovery } = sender;
  if (options.goBackN) return 'go-back-N, everything from the hole on';
  if (!agreement.sack) return recovery.partialSeen ? 'partial ACK (NewReno)' : `${ordinal(DUPLICATE_THRESHOLD)} duplicate ACK`;
  const isThird = sent.sackedLength > (DUPLICATE_THRESHOLD - 1) * control.mss;
  if (!options.rack) return isThird ? 'three segments above it have arrived (SACK)' : 'lost by the SACK blocks';
  return isThird && !sender.reorderingSeen
    ? 'three segments above it have arrived (RACK)'
    : 'a segment sent later has arrived (RACK)';
}

/** RFC 6298: the first segment after the time-out, and those that slow start lets follow. */
function afterTimeout(told: Told, tcb: Connection): string {
  const { recovery } = tcb.sender;
  if (isTimedOut(told)) {
    const { expiries } = recovery;
    const next = `next after ${milliseconds(tcb.rtt.rto)}`;
    return expiries > 1 ? `retransmission ${expiries}: RTO expired again, ${next}` : `retransmission 1: RTO expired, ${next}`;
  }
  if (told.isTooLong) return 'retransmission: it was too long for the path';
  if (recovery.phase === 'timeout recovery') return 'retransmission in slow start: lost before the time-out';
  return 'retransmission: the window was closed to it';
}
