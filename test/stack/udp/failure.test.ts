/** ICMP errors in UDP's words, RFC 1122 §4.1.3.3. */
import { expect, test } from 'vitest';
import { reasonOf, UDP_FAILURES } from '../../../src/stack/udp/failure.ts';

for (const [type, code, reason] of [
  [3, 0, 'network unreachable'],
  [3, 1, 'host unreachable'],
  [3, 2, 'protocol unreachable'],
  [3, 3, 'port unreachable'],
  [3, 4, 'message too long'],
  [3, 5, 'source route failed'],
  [3, 6, 'network unreachable'],
  [3, 7, 'host unreachable'],
  [3, 9, 'administratively prohibited'],
  [3, 10, 'administratively prohibited'],
  [3, 11, 'network unreachable'],
  [3, 12, 'host unreachable'],
  [3, 13, 'administratively prohibited'],
  [3, 200, 'host unreachable'],
  [11, 0, 'time to live exceeded'],
  [11, 1, 'reassembly timed out'],
  [12, 0, 'parameter problem'],
  [4, 0, undefined],
  [5, 1, undefined],
  [0, 0, undefined],
] as const) {
  test(`RFC 1122 §4.1.3.3: type ${type} code ${code} is ${reason ?? 'not passed on'}`, () => {
    expect(reasonOf(type, code)).toBe(reason);
    if (reason !== undefined) expect(UDP_FAILURES).toContain(reason);
  });
}
