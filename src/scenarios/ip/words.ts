/** What ICMP said in a story. */
import type { Stage } from '../stage.ts';

/** Every ICMP message but echo requests, with who sent it: "r1: time to live exceeded". */
export const icmpNames = (stage: Stage): string[] =>
  stage
    .sights()
    .flatMap(({ from, packet: { transport } }) =>
      transport?.kind === 'icmp' && transport.name !== 'echo request' ? [`${from}: ${transport.name}`] : [],
    );
