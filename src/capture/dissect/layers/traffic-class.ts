/** What the traffic class of IP says, the same in both versions. */

/** RFC 2474, RFC 2597, RFC 3246, RFC 5865, RFC 8622. */
export function dscpName(codepoint: number): string {
  if (codepoint === 0) return 'default';
  if (codepoint === 1) return 'lower effort';
  if (codepoint === 44) return 'voice admit';
  if (codepoint === 46) return 'expedited forwarding';
  if ((codepoint & 7) === 0) return `class selector ${codepoint >>> 3}`;
  const [group, drop] = [codepoint >>> 3, (codepoint >>> 1) & 3];
  return (codepoint & 1) === 0 && group >= 1 && group <= 4 && drop > 0 ? `assured forwarding ${group}${drop}` : '';
}

const ECN: readonly string[] = ['not ECN-capable', 'ECT(1)', 'ECT(0)', 'congestion experienced'];
/** RFC 3168 §5. */
export const ecnName = (bits: number): string => ECN[bits] ?? '';
