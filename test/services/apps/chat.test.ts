/** The chat: names, answers, the room, and peers that do not keep to the protocol. */
import { expect, test } from 'vitest';
import { AppRefusal } from '../../../src/services/apps/app-refusal.ts';
import { startChat } from '../../../src/services/apps/chat.ts';
import type { ChatClient } from '../../../src/services/apps/chat-client.ts';
import { joinChat } from '../../../src/services/apps/chat-client.ts';
import { connectTcp, listenTcp, SECOND } from '../../../src/stack/index.ts';
import { appSetting, BOB, PORT } from './setting.ts';

test('the server greets, answers each line and says goodbye', async () => {
  const { alice, bob, time, to, done } = appSetting();
  const service = startChat(bob, { port: PORT, time, name: 'bob' });
  const chat = await done(joinChat(alice, to, 'Ada', { time }));
  expect(chat.server).toBe('bob');
  await done(chat.say('schöner Tag'));
  expect(await done(chat.line())).toBe('bob: you said "schöner Tag", 11 letters');
  await expect(chat.say('two\nlines')).rejects.toThrow(RangeError);
  expect(await done(chat.leave())).toEqual(['BYE Ada']);
  expect([service.connections, service.faults.size]).toEqual([0, 0]);
});

test('in a room everybody hears the others, and who comes and leaves', async () => {
  const { alice, bob, time, to, done } = appSetting();
  startChat(bob, { port: PORT, time, room: true });
  const [ada, bea, cem] = [
    await done(joinChat(alice, to, 'Ada', { time })),
    await done(joinChat(alice, to, 'Bea', { time })),
    await done(joinChat(alice, to, 'Cem', { time })),
  ];
  const hear = async (who: ChatClient, count: number): Promise<(string | undefined)[]> => {
    const heard: (string | undefined)[] = [];
    while (heard.length < count) heard.push(await done(who.line()));
    return heard;
  };
  await done(bea.say('hi'));
  expect(await hear(bea, 2)).toEqual(['* Cem has come', 'OK 2']);
  expect(await hear(ada, 3)).toEqual(['* Bea has come', '* Cem has come', 'Bea: hi']);
  expect(await done(cem.leave())).toEqual(['Bea: hi', 'BYE Cem']);
  expect(await hear(ada, 1)).toEqual(['* Cem has left']);
});

test('a second person of the same name is refused, and the first stays', async () => {
  const { alice, bob, time, to, done } = appSetting();
  startChat(bob, { port: PORT, time, room: true });
  const ada = await done(joinChat(alice, to, 'Ada', { time }));
  await expect(done(joinChat(alice, to, 'Ada', { time }))).rejects.toThrow(AppRefusal);
  await done(ada.say('still here'));
  expect(await done(ada.line())).toBe('OK 0');
});

test.each([
  ['no greeting', 'good morning\n', /^HELLO server\nERROR .*the first line is HELLO and a name\n$/],
  ['an empty name', 'HELLO \n', /ERROR .*the name is empty/],
  ['a name with a colon', 'HELLO a:b\n', /ERROR .*colon/],
  ['a long name', `HELLO ${'x'.repeat(33)}\n`, /ERROR .*longer than 32 letters/],
  ['a line without end', `HELLO Ada\n${'x'.repeat(5000)}`, /WELCOME Ada\nERROR line too long/],
  ['half a line', 'HELLO Ada\nhel', /WELCOME Ada\nERROR ended in the middle/],
  ['bytes that are no UTF-8', Buffer.from('HELLO \xff\xfe\n', 'latin1'), /ERROR not UTF-8/],
  ['nothing at all', '', /^HELLO server\n$/],
  ['an end without a goodbye', 'HELLO Ada\r\n', /WELCOME Ada\nBYE Ada\n$/],
])('%s: the peer is told and left', async (_name, said, expected) => {
  const { bob, time, tell, world } = appSetting();
  const service = startChat(bob, { port: PORT, time });
  expect(await tell(said)).toMatch(expected);
  await world.runFor(40 * SECOND);
  expect(service.connections).toBe(0);
});

test('who says nothing is left after the patience of the server', async () => {
  const { bob, time, tellAndWait, world } = appSetting();
  const service = startChat(bob, { port: PORT, time, patience: 5 * SECOND });
  expect(await tellAndWait('HELLO Ada\nhal')).toMatch(/ERROR said nothing for too long\n$/);
  expect(world.now).toBeGreaterThanOrEqual(5 * SECOND);
  expect(service.faults.get('said nothing for too long')).toBe(1);
});

test('a room waits for nobody: who does not read is thrown out, the others go on', async () => {
  const { alice, bob, time, to, done, world } = appSetting();
  startChat(bob, { port: PORT, time, room: true });
  const deaf = await done(connectTcp(alice, BOB, PORT, { receiveBuffer: 4096, windowClamp: 4096 }));
  await done(deaf.write(Buffer.from('HELLO deaf\n')));
  const ada = await done(joinChat(alice, to, 'Ada', { time }));
  const talk = async (): Promise<string[]> => {
    const answers: string[] = [];
    while (answers.at(-1) !== 'OK 0' && answers.length < 20_000) {
      await ada.say('x'.repeat(1000));
      answers.push((await ada.line()) ?? 'the end');
    }
    return answers;
  };
  const answers = await done(talk());
  expect(answers.slice(0, 2)).toEqual(['OK 1', 'OK 1']);
  expect(answers.at(-1)).toBe('OK 0');
  await world.runFor(SECOND);
  expect(deaf.failure).toBe('reset by peer');
});

test('more than may come at once are reset', async () => {
  const { alice, bob, time, to, done } = appSetting();
  startChat(bob, { port: PORT, time, maxConnections: 2 });
  for (const name of ['Ada', 'Bea']) await done(joinChat(alice, to, name, { time }));
  await expect(done(joinChat(alice, to, 'Cem', { time }))).rejects.toThrow('reset');
});

test('a server that is none: said in words', async () => {
  const { alice, bob, time, to, done } = appSetting();
  const listener = listenTcp(bob, PORT);
  listener.onChange = () => void listener.acceptNow()?.write(Buffer.from('SSH-2.0-x\r\n'));
  await expect(done(joinChat(alice, to, 'Ada', { time }))).rejects.toThrow(/HELLO was to come, not "SSH-2\.0-x"/);
});
