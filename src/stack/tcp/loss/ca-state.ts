/** The five states in which Linux sums up where a sender stands: what TCP_INFO calls ca_state. */
import type { Connection } from '../connection.ts';

export type CaState = 'Open' | 'Disorder' | 'CWR' | 'Recovery' | 'Loss';

export function caState({ sender, ecn, snd }: Connection): CaState {
  const { recovery, sent } = sender;
  switch (recovery.phase) {
    case 'fast recovery':
      return 'Recovery';
    case 'timeout recovery':
      return 'Loss';
    case 'open': {
      if (ecn?.holdsForEcho(snd.una) === true) return 'CWR';
      // something is above a hole, is believed lost, or was sent again and is not acknowledged
      const dubious = recovery.duplicates > 0 || sent.sackedLength > 0 || sent.lostLength > 0 || sent.resentLength() > 0;
      return dubious ? 'Disorder' : 'Open';
    }
  }
}
