/** A hub and a switch with the same hosts and the same traffic: what the third one hears. */
import type { Scenario } from '../scenario.ts';
import { framesHeard, hostsAt, outcomes } from './lan.ts';

export const hub: Scenario = {
  name: 'hub',
  title: 'A hub: everybody hears everything',
  chapter: 'Local networks',
  rfcs: ['RFC 826'],
  story:
    'Three hosts on a hub. pc1 pings pc2 five times, and pc3, whom it does not concern, hears every frame of it: a hub repeats what ' +
    'it hears at one port at all others. The card of pc3 sorts out what is not for it; a program that wants to listen need not.',
  question: 'The capture was made at pc3. What could pc3 read if this were a password, and what has a switch changed about that?',
  look: [
    { filter: 'icmp', meaning: 'pings between two others, heard by pc3' },
    { filter: 'frame.comment contains "dropped"', meaning: 'what its card lets pass and its stack does not want' },
  ],
  watch: ['pc3'],
  async play(stage) {
    const [pc1, pc2, pc3] = hostsAt(stage, stage.network.hub('h1', { ports: 4 }), 3);
    const answers = outcomes(await pc1!.ping(pc2!, { count: 5 }));
    stage.expect('all pings are answered', answers.length === 5 && new Set(answers).size === 1 ? answers[0] : answers, 'reply');
    stage.expect('pc3 has heard the question, the answer and ten pings', framesHeard([pc3!]), [12]);
    stage.expect('none of it was for pc3', pc3!.stack.drops()['frame for another station'] ?? 0, 11);
  },
};
