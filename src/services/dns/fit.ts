/** A response in as many bytes as its asker takes, RFC 2181 §9 and RFC 6891 §7. */
import type { DnsMessage } from './message.ts';
import { encode } from './wire.ts';

/**
 * What is only there to help goes first. What is asked for is never sent in part: the asker comes again over TCP.
 * @param limit in bytes; nothing is cut when it is not exceeded
 */
export function encodeWithin(message: DnsMessage, limit: number): Uint8Array {
  const whole = encode(message);
  if (whole.length <= limit) return whole;
  const isReferral = message.answers.length === 0 && !message.isAuthoritative;
  if (!isReferral) {
    const lean = encode({ ...message, additionals: [] });
    if (lean.length <= limit) return lean;
  }
  // RFC 9471 §3: a referral without its glue would lead nowhere
  return encode({ ...message, isTruncated: true, answers: [], authorities: [], additionals: [] });
}
