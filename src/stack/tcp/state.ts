/** The states of a connection and what moves it from one to the next, RFC 9293 §3.3.2. */

export type State =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

export type StateEvent =
  | 'active open'
  | 'passive open'
  | 'SYN arrives'
  | 'our SYN is acknowledged'
  | 'close'
  | 'FIN arrives'
  | 'our FIN is acknowledged'
  | 'TIME-WAIT is over'
  | 'delete';

/** RFC 9293 §3.3.2, figure 5. What is not listed changes nothing; `delete` leads to CLOSED from everywhere. */
const TRANSITIONS: Record<State, Partial<Record<StateEvent, State>>> = {
  CLOSED: { 'active open': 'SYN-SENT', 'passive open': 'LISTEN' },
  LISTEN: { 'SYN arrives': 'SYN-RECEIVED', close: 'CLOSED' },
  'SYN-SENT': { 'SYN arrives': 'SYN-RECEIVED', 'our SYN is acknowledged': 'ESTABLISHED', close: 'CLOSED' },
  'SYN-RECEIVED': { 'our SYN is acknowledged': 'ESTABLISHED', close: 'FIN-WAIT-1', 'FIN arrives': 'CLOSE-WAIT' },
  ESTABLISHED: { close: 'FIN-WAIT-1', 'FIN arrives': 'CLOSE-WAIT' },
  'FIN-WAIT-1': { 'our FIN is acknowledged': 'FIN-WAIT-2', 'FIN arrives': 'CLOSING' },
  'FIN-WAIT-2': { 'FIN arrives': 'TIME-WAIT' },
  'CLOSE-WAIT': { close: 'LAST-ACK' },
  CLOSING: { 'our FIN is acknowledged': 'TIME-WAIT' },
  'LAST-ACK': { 'our FIN is acknowledged': 'CLOSED' },
  'TIME-WAIT': { 'TIME-WAIT is over': 'CLOSED' },
};

export const next = (state: State, event: StateEvent): State =>
  event === 'delete' ? 'CLOSED' : (TRANSITIONS[state][event] ?? state);

/** Both ends have agreed on their sequence numbers, RFC 9293 §3.5.1. */
export function isSynchronized(state: State): boolean {
  switch (state) {
    case 'CLOSED':
    case 'LISTEN':
    case 'SYN-SENT':
    case 'SYN-RECEIVED':
      return false;
    default:
      return true;
  }
}

/** The peer's FIN has not arrived: text may still come, RFC 9293 §3.10.7.4 seventh. */
export const mayReceiveText = (state: State): boolean =>
  state === 'ESTABLISHED' || state === 'FIN-WAIT-1' || state === 'FIN-WAIT-2';

/** Our FIN has not been asked for: the application may write, RFC 9293 §3.10.2. */
export const mayWrite = (state: State): boolean =>
  state === 'SYN-SENT' || state === 'SYN-RECEIVED' || state === 'ESTABLISHED' || state === 'CLOSE-WAIT';

/** Text that was written before the close may still go out, and so may the FIN behind it. */
export function mayTransmitText(state: State): boolean {
  switch (state) {
    case 'ESTABLISHED':
    case 'CLOSE-WAIT':
    case 'FIN-WAIT-1':
    case 'CLOSING':
    case 'LAST-ACK':
      return true;
    default:
      return false;
  }
}
