/** Every scenario goes as it is told, each time alike, and says what a lecturer needs. */

import { describe, expect, test } from 'vitest';
import { ladder, readCapture } from '../../src/capture/index.ts';
import { watchedCapture, watchedInterfaces, wholeCapture } from '../../src/scenarios/capture-file.ts';
import type { Scenario } from '../../src/scenarios/index.ts';
import { findScenario, letters, namesLike, perform, readAndClose, scenarios } from '../../src/scenarios/index.ts';
import type { Stage } from '../../src/scenarios/stage.ts';
import { settle } from '../two-hosts.ts';

describe.each(scenarios().map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  test('goes as it is told, the same bytes each time', async () => {
    const performance = await perform(scenario, settle);
    const again = await perform(scenario, settle);
    expect(Buffer.from(wholeCapture(again)).equals(wholeCapture(performance))).toBe(true);
    const watched = readCapture(watchedCapture(performance));
    expect(watched.end).toBe('complete');
    expect(watched.interfaces.map(({ name }) => name)).toEqual(
      watchedInterfaces(performance).map((id) => performance.interfaces[id]?.name),
    );
    expect(watched.frames.length).toBeGreaterThan(1);
    expect(watchedCapture(performance).length).toBeLessThan(300_000);
  });

  test('says what a lecturer needs', () => {
    expect(scenario.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(scenarios().filter(({ name }) => name === scenario.name)).toHaveLength(1);
    expect(scenario.rfcs.length).toBeGreaterThan(0);
    for (const rfc of scenario.rfcs) expect(rfc).toMatch(/^(?:RFC \d+|IEEE 802\.)/);
    expect(scenario.story).toMatch(/\.$/);
    expect(scenario.question).toMatch(/\?/);
    expect(scenario.look.length).toBeGreaterThan(0);
  });
});

/** A story with an end of its own. */
const story = (play: Scenario['play']): Scenario => ({ ...findScenario('handshake')!, name: 'a-story', play });

test('what is seen and not expected fails with the name of the scenario, what was expected and what was seen', async () => {
  const wrong = story(async (stage) => {
    const { client, server } = await stage.pair();
    server.listen(80, readAndClose);
    const socket = await client.connect(server, 80);
    await socket.write(letters(100));
    await socket.close();
    stage.expect('nobody spoke', stage.segments(client).length, 0);
  });
  await expect(perform(wrong, settle)).rejects.toThrow(/^a-story: expected that nobody spoke: 0, but saw \d/);
});

test('a story that wants to watch what is not there fails, and hears what there is', async () => {
  const play = async (stage: Stage): Promise<void> => void (await stage.pair());
  await expect(perform({ ...story(play), watch: ['clinet'] }, settle)).rejects.toThrow(
    'a-story: "clinet" is to be watched, but no end of a cable is called so; there are client, server',
  );
});

test('a server that throws fails the story; a connection that fails is a part of it', async () => {
  const broken = story(async (stage) => {
    const { client, server } = await stage.pair();
    server.listen(80, () => Promise.reject(new Error('the disk is full')));
    await client.connect(server, 80);
    await stage.pause(1000);
  });
  await expect(perform(broken, settle)).rejects.toThrow('a-story: the disk is full');
  const reset = story(async (stage) => {
    const { client, server } = await stage.pair();
    server.listen(80, readAndClose);
    const socket = await client.connect(server, 80);
    socket.abort();
    await stage.pause(1000);
    stage.expect('the last word is a reset', stage.segments(client).at(-1)?.flags, 'RST ACK');
  });
  await expect(perform(reset, settle)).resolves.toBeDefined();
});

test('a story that does not end is ended after a day', async () => {
  const endless = story(async (stage) => {
    await stage.pair();
    await new Promise(() => {});
  });
  await expect(perform(endless, settle)).rejects.toThrow(/a-story: not done at .* of virtual time/);
});

test('a name that is spelled wrong finds the right one', () => {
  expect(namesLike('handshak')[0]).toBe('handshake');
  expect(namesLike('HANDSHAKE')[0]).toBe('handshake');
});

test('simultaneous open: the SYN that comes again with an ACK answers the other one, and the ladder marks no retransmission', async () => {
  const { frames } = await perform(findScenario('simultaneous-open')!, settle);
  const { rows } = ladder(frames);
  expect(rows.slice(0, 4).map(({ note }) => note.split('\n')[0])).toEqual([
    'SYN; CLOSED to SYN-SENT',
    'SYN; CLOSED to SYN-SENT',
    'SYN ACK: simultaneous open',
    'SYN ACK: simultaneous open',
  ]);
  expect(rows.filter(({ mark }) => mark !== undefined)).toEqual([]);
});
