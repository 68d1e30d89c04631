/** A chat: lines in a stream, both ways, and pauses in between. */
import { startChat } from '../../services/apps/chat.ts';
import { joinChat } from '../../services/apps/chat-client.ts';
import { MILLISECOND, SECOND } from '../../stack/index.ts';
import type { Scenario } from '../scenario.ts';

const PORT = 5001;

export const chatSession: Scenario = {
  name: 'chat-session',
  title: 'A chat over TCP: a greeting, lines, and one connection for all of it',
  chapter: 'Applications',
  rfcs: ['RFC 9293 §3.8.4', 'RFC 1122 §4.2.3.2'],
  story:
    'Ada connects. The server speaks first, "HELLO server"; she says who she is and is welcome. Then she writes two lines with a pause ' +
    'between them, and each is answered. "BYE" ends the conversation, and the server closes first. While nobody types, not a single ' +
    'segment travels: an open connection costs memory at its ends and nothing on the wire.',
  question:
    'Where in the bytes does one line end and the next begin, and what does TCP know about it? Which acknowledgments travel alone, and which with an answer?',
  look: [
    { filter: 'tcp.len > 0', meaning: 'one segment for each line, because each was written alone' },
    { filter: 'tcp.time_delta > 1', meaning: 'the pauses: nothing at all goes over the wire' },
    { filter: 'frame contains "server: "', meaning: 'the answers of the server' },
  ],
  async play(stage) {
    const { client, server } = await stage.pair({ cable: { delay: 10 * MILLISECOND }, names: ['ada', 'server'] });
    startChat(server.stack, { port: PORT, time: stage.timers });
    const to = { address: server.address, port: PORT };
    const chat = await joinChat(client.stack, to, 'Ada', { time: stage.timers });
    const answers: (string | undefined)[] = [];
    for (const line of ['good morning', 'is anybody there?']) {
      await stage.pause(3 * SECOND);
      await chat.say(line);
      answers.push(await chat.line());
    }
    await stage.pause(3 * SECOND);
    answers.push(...(await chat.leave()));
    await stage.pause(SECOND);
    stage.expect('every line is answered', answers, [
      'server: you said "good morning", 12 letters',
      'server: you said "is anybody there?", 17 letters',
      'BYE Ada',
    ]);
    const spoken = stage.segments().filter(({ length, again }) => length > 0 && !again);
    stage.expect('both speak in turn', spoken.map(({ from }) => from[0]).join(''), 'sasasasas');
    const quiet = stage.segments().filter(({ at }) => at > SECOND && at < 3 * SECOND);
    stage.expect('silence costs nothing', quiet.length, 0);
  },
};
