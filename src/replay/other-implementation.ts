/** Whether a host is another implementation than ours, as its own frames show it: then it has rules of its own for much of what it sends. */
import * as ipv4 from '../stack/wire/ipv4.ts';
import * as tcp from '../stack/wire/tcp.ts';
import { tcpFlags } from './facts.ts';
import type { Recording } from './recording.ts';

/** One numbered packet may be a damaged one. */
const LEAST = 2;
/** Whatever cuts a large segment counts its pieces from the number that it had: up to 64 KiB in the smallest that are usual. */
const MOST_PIECES = 128;

/**
 * Our segments that are never fragmented have an identification of zero (RFC 6864 §4.1). Linux and Windows count them, from
 * anywhere. The stack of
 * today is not asked: what it does differently than it did must not make the comparison a weaker one.
 */
export function isOtherImplementation({ conversations }: Recording): boolean {
  let [all, numbered] = [0, 0];
  for (const { kind, frames } of conversations) {
    if (kind !== 'tcp') continue;
    for (const { isHosts, facts } of frames) {
      // SYN-ACKs and resets of Linux belong to no connection yet and have zero too
      if (!isHosts || !ipv4.dontFragment(facts.view, facts.network) || (tcpFlags(facts) & (tcp.SYN | tcp.RST)) !== 0) continue;
      all++;
      if (ipv4.identification(facts.view, facts.network) > MOST_PIECES) numbered++;
    }
  }
  return numbered >= LEAST && numbered * 2 > all;
}
