/** Sentences about faults become what a faulty device plays. */
import type { Fault, FaultOptions, FaultScript } from '../faults.ts';
import type { FaultPlayer, FaultRule } from './verbs.ts';
import type { WireEnds } from './wire.ts';
import { WireWatch } from './wire-watch.ts';

const together = (faults: readonly Fault[]): Fault => (faults.length === 1 ? faults[0]! : { all: faults });

/**
 * For the options of a faulty device, which stands at one end of the wire and sees both directions:
 *
 * ```ts
 * const faults = faultsByMeaning({ transmit: 'alice', receive: 'bob' }, [
 *   lose(data(7).from('alice')),
 *   lose(retransmissionOf(data(7).from('alice'))),
 *   delay(pureAcks().from('bob'), 50 * MILLISECOND),
 * ]);
 * host(world, 'alice', cable.a, { address: '10.0.0.1/24', faults });
 * ```
 *
 * The rules begin at `began`: what passes before is not counted. Every rule sees every frame as it was sent, also those that another rule loses. What several rules say about one frame all
 * happens. The result counts as it goes: it serves one device, once.
 *
 * @throws RangeError when a rule names somebody who is at neither end
 */
export function faultsByMeaning(ends: WireEnds, rules: readonly FaultRule[]): Pick<FaultOptions, 'script' | 'injections'> {
  const { began = 0 } = ends;
  const watch = new WireWatch(began);
  const players: readonly FaultPlayer[] = rules.map((rule) => rule.play(ends));
  const script: FaultScript = (_index, direction, packet, now) => {
    if (now < began) return 'pass';
    const sighting = watch.see(packet, direction, now);
    const faults = players.map((player) => player(sighting)).filter((fault) => fault !== 'pass');
    return faults.length === 0 ? 'pass' : together(faults);
  };
  const injections = rules.flatMap((rule) => rule.plan?.(ends) ?? []).map((frame) => ({ ...frame, at: began + frame.at }));
  return { script, injections };
}
