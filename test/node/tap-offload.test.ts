/** Which offloads a kernel is asked for, and what is left when it refuses. */
import { expect, test } from 'vitest';
import { negotiate } from '../../src/node/tap-attach.ts';

/** linux/if_tun.h */
const [CSUM, TSO4, USO4, USO6] = [0x01, 0x02, 0x20, 0x40];

for (const { kernel, hasHeader, knows, asked, result } of [
  {
    kernel: 'Linux 6.2 and later: USO comes for IPv4 and IPv6 together',
    hasHeader: true,
    knows: CSUM | TSO4 | USO4 | USO6,
    asked: [CSUM | TSO4 | USO4 | USO6],
    result: { offloads: true, cutsDatagrams: true },
  },
  {
    kernel: 'an older one refuses what it does not know, and is asked for the rest',
    hasHeader: true,
    knows: CSUM | TSO4,
    asked: [CSUM | TSO4 | USO4 | USO6, CSUM | TSO4],
    result: { offloads: true, cutsDatagrams: false },
  },
  {
    kernel: 'one that grants nothing',
    hasHeader: true,
    knows: 0,
    asked: [CSUM | TSO4 | USO4 | USO6, CSUM | TSO4, 0],
    result: { offloads: false, cutsDatagrams: false },
  },
  {
    kernel: 'without a virtio-net header nothing is asked for, and what the last user had is given back',
    hasHeader: false,
    knows: CSUM | TSO4 | USO4 | USO6,
    asked: [0],
    result: { offloads: false, cutsDatagrams: false },
  },
]) {
  test(kernel, () => {
    const flagsAsked: number[] = [];
    const grants = (flags: number): boolean => {
      flagsAsked.push(flags);
      return (flags & ~knows) === 0;
    };
    expect(negotiate(hasHeader, grants)).toEqual(result);
    expect(flagsAsked).toEqual(asked);
  });
}
