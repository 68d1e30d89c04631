/** The fragments of a recording put together: what an application wrote before IP cut it (RFC 791 §3.2). */
import * as ipv4 from '../stack/wire/ipv4.ts';
import type { Recorded } from './recorded.ts';

/** @param first the piece with offset 0 @returns what the pieces carry; undefined when one is missing */
export function assembled(first: Recorded, frames: readonly Recorded[]): Uint8Array | undefined {
  const pieces = frames.slice(frames.indexOf(first)).filter((frame) => isSibling(first, frame));
  const last = pieces.find(({ facts: { view, network } }) => !ipv4.moreFragments(view, network));
  if (last === undefined) return undefined;
  const whole = new Uint8Array(ipv4.fragmentOffset(last.facts.view, last.facts.network) + last.facts.end - last.facts.payload);
  const covered = new Set<number>();
  for (const { facts, bytes } of pieces) {
    const at = ipv4.fragmentOffset(facts.view, facts.network);
    const data = bytes.subarray(facts.payload, facts.end);
    if (at + data.length > whole.length) return undefined;
    whole.set(data, at);
    for (let i = at; i < at + data.length; i += 8) covered.add(i);
  }
  return covered.size * 8 >= whole.length ? whole : undefined;
}

const isSibling = ({ facts: a, isHosts }: Recorded, { facts: b, isHosts: other }: Recorded): boolean =>
  isHosts === other &&
  ipv4.identification(a.view, a.network) === ipv4.identification(b.view, b.network) &&
  ipv4.protocol(a.view, a.network) === ipv4.protocol(b.view, b.network);
