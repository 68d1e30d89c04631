/** Packets that were sent when ARP had its answer, and written when it asked: the application acted at the question. */
import type { Micros } from '../stack/time.ts';
import * as arp from '../stack/wire/arp.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import { isQuestion } from './expectations.ts';
import type { Recorded } from './recorded.ts';
import type { Recording } from './recording.ts';

/** What waited leaves at once: a later packet did not wait. */
const AT_ONCE: Micros = 200;

/** @returns for each packet that waited the question that it waited for */
export function waitedForArp({ frames, host }: Recording): ReadonlyMap<Recorded, Recorded> {
  const { macs, questions } = readArp(frames, host);
  const waiting = new Waiting();
  for (const { frame } of frames) {
    const { kind, view, source, destination } = frame.facts;
    if (kind === 'arp') continue;
    if (!frame.isHosts) waiting.hear(source);
    else waiting.send(frame, questions.get(macs.get(ethernet.destination(view, 0)) ?? destination));
  }
  return waiting.waited;
}

class Waiting {
  readonly waited = new Map<Recorded, Recorded>();
  /** When the first of those that waited for an answer left; forgotten when somebody speaks. */
  readonly #released = new Map<Recorded, Micros>();
  /** Who was sent to, or has spoken, before: nothing waits for them. */
  readonly #known = new Set<number>();

  hear(source: number): void {
    this.#released.clear();
    this.#known.add(source);
  }

  send(frame: Recorded, question: Recorded | undefined): void {
    const { destination } = frame.facts;
    const isFirst = !this.#known.has(destination);
    this.#known.add(destination);
    if (question === undefined || question.at > frame.at) return;
    const since = this.#released.get(question) ?? (isFirst ? frame.at : Number.NEGATIVE_INFINITY);
    if (frame.at - since > AT_ONCE) return;
    this.#released.set(question, since);
    this.waited.set(frame, question);
  }
}

/** Who has which station, and the first question for each. */
function readArp(frames: Recording['frames'], host: number): { macs: Map<MacAddress, number>; questions: Map<number, Recorded> } {
  const macs = new Map<MacAddress, number>();
  const questions = new Map<number, Recorded>();
  for (const { frame } of frames) {
    const { kind, view, network, source, destination } = frame.facts;
    if (kind !== 'arp') continue;
    if (!frame.isHosts) macs.set(arp.senderMac(view, network), source);
    else if (isQuestion(frame) && destination !== host && !questions.has(destination)) questions.set(destination, frame);
  }
  return { macs, questions };
}
