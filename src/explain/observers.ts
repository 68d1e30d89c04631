/** Several observers as one: each hears of everything, in their order. */
import type { StackObserver } from '../stack/observer.ts';

/** @returns undefined for none, so that a stack without observers pays for none */
export function observers(...given: readonly (StackObserver | undefined)[]): StackObserver | undefined {
  const all = given.filter((one) => one !== undefined);
  if (all.length < 2) return all[0];
  return {
    frameArrives: (packet, from, now) => all.forEach((one) => void one.frameArrives(packet, from, now)),
    frameDone: (from, now) => all.forEach((one) => void one.frameDone(from, now)),
    dropped: (reason, rule) => all.forEach((one) => void one.dropped(reason, rule)),
    fragmentTaken: (fragments, bytes) => all.forEach((one) => void one.fragmentTaken(fragments, bytes)),
    redirected: (destination, gateway) => all.forEach((one) => void one.redirected(destination, gateway)),
    forwarded: (route, hop, to) => all.forEach((one) => void one.forwarded(route, hop, to)),
    pathMtuLearnt: (destination, mtu) => all.forEach((one) => void one.pathMtuLearnt(destination, mtu)),
    connectionBegins: (connection) => all.forEach((one) => void one.connectionBegins(connection)),
    stateChanges: (connection, from, to) => all.forEach((one) => void one.stateChanges(connection, from, to)),
    segmentArrives: (connection, segment, now) => all.forEach((one) => void one.segmentArrives(connection, segment, now)),
    segmentTaken: (connection, segment, verdict, now) =>
      all.forEach((one) => void one.segmentTaken(connection, segment, verdict, now)),
    timeWaitTook: (record, segment, verdict, now) => all.forEach((one) => void one.timeWaitTook(record, segment, verdict, now)),
    timerExpired: (connection, now) => all.forEach((one) => void one.timerExpired(connection, now)),
    icmpArrived: (connection, fault, isBelieved) => all.forEach((one) => void one.icmpArrived(connection, fault, isBelieved)),
    answerQueued: (answer) => all.forEach((one) => void one.answerQueued(answer)),
    segmentLeaves: (connection, segment, packet, now) =>
      all.forEach((one) => void one.segmentLeaves(connection, segment, packet, now)),
  };
}
