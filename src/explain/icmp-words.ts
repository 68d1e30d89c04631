/** What an ICMP error did to the connection whose segment it quotes. */
import type { TcpFault } from '../stack/tcp/arrive/icmp.ts';
import type { Connection } from '../stack/tcp/connection.ts';
import type { Told } from './told.ts';

/** To be called when it is done. @param isBelieved RFC 5927 §4.1 */
export function icmpWords(told: Told, tcb: Connection, { kind, failure, pathMtu }: TcpFault, isBelieved: boolean): string[] {
  if (!isBelieved) return ['not believed: it quotes nothing that is in flight'];
  if (kind === 'fragmentation needed') {
    const isNews = tcb.agreement.pathMtu === pathMtu;
    told.isTooLong = isNews;
    return [isNews ? `segments of ${tcb.sender.control.mss} bytes from now on` : 'nothing new: segments are shorter already'];
  }
  if (tcb.state === 'CLOSED') return [];
  return [`${failure}: remembered, TCP goes on trying`];
}
