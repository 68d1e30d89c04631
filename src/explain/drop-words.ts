/** Why something that arrived was dropped, and what was answered. */
import type { DropReason } from '../stack/host/counters.ts';
import type { Segment } from '../stack/wire/tcp.ts';
import { RST } from '../stack/wire/tcp.ts';

/** Shorter than the counters, which stand without the packet. */
const SHORT: Partial<Record<DropReason, string>> = {
  'TCP checksum wrong': 'bad checksum (TCP)',
  'UDP checksum wrong': 'bad checksum (UDP)',
  'no listener on the port': 'no listener',
  'nothing new in the segment': 'nothing new in it',
  'dropped by a rule': '', // which one is the detail
};

/**
 * @param detail what is known beyond the reason; may be empty
 * @param answer what goes back; may be empty
 * @example "dropped: no listener: RST"
 */
export function dropWords(reason: DropReason, detail: string, answer: string): string {
  const said = ['dropped', SHORT[reason] ?? reason, detail].filter((part) => part !== '').join(': ');
  const isSaid = answer === '' || reason.endsWith('challenged');
  return isSaid ? said : `${said}: ${answer}`;
}

/** What a segment that belongs to no connection answers with. */
export const answerWords = (answer: Segment): string => (answer.has(RST) ? 'RST' : 'ACK');
