/** Upload, and messages with files in frames: what arrives whole, and what lies, stops or is too much. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryFiles } from '../../../src/services/apps/file-store.ts';
import { encodeFrame } from '../../../src/services/apps/frame.ts';
import type { Item } from '../../../src/services/apps/messages.ts';
import { sendItems, startMessages } from '../../../src/services/apps/messages.ts';
import { fileNameFault } from '../../../src/services/apps/names.ts';
import { sha256 } from '../../../src/services/apps/sha256.ts';
import { startUpload, upload } from '../../../src/services/apps/upload.ts';
import { connectTcp, SECOND } from '../../../src/stack/index.ts';
import { pattern } from '../../two-hosts.ts';
import { appSetting, headerFrame, PORT } from './setting.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('FIPS 180-4: SHA-256 as everybody computes it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256(bytes)).toBe(digest(bytes));
    }),
    { numRuns: 200 },
  );
  expect(sha256(pattern(100_000))).toBe(digest(pattern(100_000)));
});

test('files are uploaded one after the other, each with its receipt', async () => {
  const { alice, bob, time, to, done, world } = appSetting();
  const files = memoryFiles();
  const service = startUpload(bob, { port: PORT, time, files });
  const [big, empty] = [pattern(300_000), new Uint8Array()];
  const sent = [
    { name: 'big one.bin', bytes: big },
    { name: 'nichts.txt', bytes: empty },
  ];
  expect(await done(upload(alice, to, sent, { time }))).toEqual([
    { size: 300_000, sha256: digest(big) },
    { size: 0, sha256: digest(empty) },
  ]);
  expect([...files.files]).toEqual([
    ['big one.bin', big],
    ['nichts.txt', empty],
  ]);
  await world.runFor(SECOND);
  expect([service.connections, service.faults.size]).toEqual([0, 0]);
});

test('a server that refuses is heard although the file is still on its way', async () => {
  const { alice, bob, time, to, done } = appSetting();
  startUpload(bob, { port: PORT, time, files: memoryFiles(), maxSize: 1000 });
  const sending = upload(alice, to, [{ name: 'a', bytes: pattern(10_000_000) }], { time });
  await expect(done(sending)).rejects.toThrow('larger than allowed: 10000000 bytes, and 1000 are allowed');
});

const SECRET = '../../etc/passwd';

test.each([
  ['no size', 'hello.txt\nhello', /a file begins with its size, a space and its name/],
  ['a negative size', '-1 a\n', /begins with its size/],
  ['a size beyond all numbers', `${'9'.repeat(40)} a\n`, /begins with its size/],
  ['a way out of the folder', `5 ${SECRET}\nhello`, /the name has a slash/],
  ['the folder above', '5 ..\nhello', /way out of the folder/],
  ['an absolute name', '5 /etc/passwd\nhello', /the name has a slash/],
  ['a way out on Windows', '5 ..\\x\nhello', /the name has a slash/],
  ['a NUL', '5 a\0b\nhello', /control character/],
  ['no name', '5 \nhello', /the name is empty/],
  ['a name that is no UTF-8', Buffer.from('5 \xc0\xaf\nhello', 'latin1'), /not UTF-8/],
  ['a name longer than a folder takes', `5 ${'x'.repeat(256)}\nhello`, /longer than 255 bytes/],
  ['too large', '1001 a\n', /larger than allowed/],
  ['less than announced', '10 a\nhello', /ended in the middle: 5 of 10 bytes came/],
  ['nothing of what was announced', '10 a\n', /ended in the middle: 0 of 10 bytes came/],
])('upload, %s: ERROR, and nothing is written', async (_name, said, expected) => {
  const { bob, time, tell } = appSetting();
  const files = memoryFiles();
  const service = startUpload(bob, { port: PORT, time, files, maxSize: 1000 });
  const answer = await tell(said);
  expect(answer).toMatch(/^ERROR [^\n]*\n$/);
  expect(answer).toMatch(expected);
  expect(files.files.size).toBe(0);
  expect([...service.faults.values()]).toEqual([1]);
});

test('more than announced is the beginning of something else', async () => {
  const { bob, time, tell } = appSetting();
  const files = memoryFiles();
  startUpload(bob, { port: PORT, time, files });
  expect(await tell('5 a\nhelloxyz\n')).toMatch(/^OK 5 [0-9a-f]{64}\nERROR /);
  expect([...files.files.keys()]).toEqual(['a']);
});

test('a file is not written twice, and not more files than there may be', async () => {
  const { bob, time, tell } = appSetting();
  startUpload(bob, { port: PORT, time, files: memoryFiles({ maxFiles: 1 }) });
  expect(await tell('1 a\nx1 a\ny')).toMatch(/^OK 1 .*\nERROR .*there is a file of that name\n$/);
  expect(await tell('1 b\nx')).toMatch(/^ERROR .*there are too many files\n$/);
});

test('a slow peer has the time that its file may take, and no more', async () => {
  const { bob, time, tellAndWait, world } = appSetting();
  startUpload(bob, { port: PORT, time, files: memoryFiles(), patience: 10 * SECOND });
  expect(await tellAndWait('10000 a\n', 'half')).toBe('ERROR said nothing for too long\n');
  expect(world.now).toBeGreaterThanOrEqual(11 * SECOND); // a second for 10,000 bytes
  expect(world.now).toBeLessThan(20 * SECOND);
});

test('what is announced costs nothing, what has come is limited for all together', async () => {
  const { alice, bob, time, to, done, tell } = appSetting();
  const service = startUpload(bob, { port: PORT, time, files: memoryFiles(), maxSize: 1000, maxPending: 1500 });
  const waiting = await done(connectTcp(alice, to.address, PORT));
  await done(waiting.write(Buffer.concat([Buffer.from('1000 a\n'), Buffer.alloc(999)])));
  expect(await tell('400 b\n', Buffer.alloc(400))).toMatch(/^OK 400 /);
  expect(await tell('600 c\n', Buffer.alloc(600))).toMatch(/^ERROR too much at once/);
  await done(waiting.write(Buffer.alloc(1)));
  expect(Buffer.from((await done(waiting.read()))!).toString()).toMatch(/^OK 1000 /);
  expect(await tell('600 d\n', Buffer.alloc(600))).toMatch(/^OK 600 /);
  expect(service.faults.get('too much at once')).toBe(1);
});

const ITEMS: readonly Item[] = [
  { type: 'message', name: 'Ada', text: 'Grüße' },
  { type: 'file', name: 'notes.txt', bytes: pattern(70_000) },
  { type: 'message', name: 'Ada', text: '' },
];

test('messages and files share a connection and stay apart', async () => {
  const { alice, bob, time, to, done, world } = appSetting();
  const files = memoryFiles();
  const heard: string[] = [];
  const onMessage = (from: string, text: string): number => heard.push(`${from}: ${text}`);
  const service = startMessages(bob, { port: PORT, time, files, onMessage });
  await done(sendItems(alice, to, ITEMS, { time }));
  expect(heard).toEqual(['Ada: Grüße', 'Ada: ']);
  expect([...files.files]).toEqual([['notes.txt', pattern(70_000)]]);
  await world.runFor(SECOND);
  expect([service.connections, service.faults.size]).toEqual([0, 0]);
  await expect(done(sendItems(alice, to, ITEMS, { time }))).rejects.toThrow('there is a file of that name');
});

test('frames are found wherever TCP has cut the stream', async () => {
  const stream = Buffer.concat([
    encodeFrame('message', 'Ada', Buffer.from('one')),
    encodeFrame('message', 'Ada', Buffer.from('two')),
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: stream.length }), { maxLength: 6 }), async (cuts) => {
      const { bob, time, tell } = appSetting();
      const heard: string[] = [];
      startMessages(bob, { port: PORT, time, files: memoryFiles(), onMessage: (_, text) => heard.push(text) });
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
      await tell(...at.slice(1).map((end, i) => stream.subarray(at[i], end)));
      expect(heard).toEqual(['one', 'two']);
    }),
    { numRuns: 25 },
  );
});

const header = (fields: object): Uint8Array => headerFrame(JSON.stringify({ type: 'message', name: 'Ada', size: 0, ...fields }));

test.each([
  ['a header of 4 GB', headerFrame('', 0xffff_ffff), /larger than allowed: a header of 4294967295 bytes/],
  ['half a length', Buffer.of(0, 0), /ended in the middle: 2 of 4/],
  ['half a header', headerFrame('{"type"', 40), /ended in the middle: 7 of 40/],
  ['a header of no bytes', headerFrame(''), /it is no JSON object/],
  ['no JSON', headerFrame('{type:message}'), /it is no JSON object/],
  ['JSON that is no object', headerFrame('[1,2]'), /it is no JSON object/],
  ['null', headerFrame('null'), /it is no JSON object/],
  ['no UTF-8', headerFrame(Buffer.of(0x22, 0xff, 0x22)), /not UTF-8/],
  ['no type', header({ type: undefined }), /"type"/],
  ['another type', header({ type: 'toString' }), /"type"/],
  ['an answer', header({ type: 'ok' }), /"ok" is for answers/],
  ['a name that is a number', header({ name: 7 }), /"name" is no text/],
  ['a size that is text', header({ size: '5' }), /"size"/],
  ['a negative size', header({ size: -5 }), /"size"/],
  ['half a byte', header({ size: 0.5 }), /"size"/],
  ['a size beyond all numbers', header({ size: 1e300 }), /"size"/],
  ['a message that is too long', header({ size: 70_000 }), /larger than allowed/],
  ['a file that is too long', header({ type: 'file', size: 1001 }), /larger than allowed/],
  ['a way out of the folder', header({ type: 'file', name: SECRET }), /the name has a slash/],
  ['a NUL in a name', header({ type: 'file', name: 'a\0' }), /control character/],
  ['a message that is no UTF-8', Buffer.concat([header({ size: 1 }), Buffer.of(0xff)]), /not UTF-8/],
  ['half a body', Buffer.concat([header({ size: 9 }), Buffer.of(1)]), /ended in the middle: 1 of 9/],
])('messages, %s: a frame of type error, and nothing is taken', async (_name, said, expected) => {
  const { bob, time, tell } = appSetting();
  const files = memoryFiles();
  const heard: string[] = [];
  const onMessage = (_: string, text: string): number => heard.push(text);
  const service = startMessages(bob, { port: PORT, time, files, maxFile: 1000, onMessage });
  const answer = await tell(said);
  const { type, name, size } = JSON.parse(answer.slice(4));
  expect([answer.charCodeAt(2) * 256 + answer.charCodeAt(3), type, size]).toEqual([answer.length - 4, 'error', 0]);
  expect(name).toMatch(expected);
  expect([heard, files.files.size]).toEqual([[], 0]);
  expect([...service.faults.values()]).toEqual([1]);
});

test('whatever the bytes, a server of ours neither throws nor keeps a connection', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isUpload) => {
      const { bob, time, tell, world } = appSetting();
      const files = memoryFiles();
      const service = isUpload ? startUpload(bob, { port: PORT, time, files }) : startMessages(bob, { port: PORT, time, files });
      await tell(bytes);
      await world.runFor(SECOND);
      expect(service.connections).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('names of files stay in their folder', () => {
  for (const good of ['a', 'a b.txt', 'Übung 1.pdf', '...', '.hidden', '-rf'])
    expect(fileNameFault(good, good.length)).toBeUndefined();
  for (const bad of ['', '.', '..', '/a', 'a/b', 'a\\b', 'a\n', '\u2028', '\x7f'])
    expect(fileNameFault(bad, bad.length)).toBeDefined();
});
