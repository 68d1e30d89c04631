/** The ring: what is remembered, and when it is written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/file/read-capture.ts';
import { echoFrame, recorded } from '../capture/frames.ts';
import { start } from '../cli/tapstack.ts';
import { leaveBehind, ringOfTest } from '../left-behind.ts';
import { ChildFolder } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-ring-'));
const program = new ChildFolder(['node/frame-ring.ts']);
afterAll(() => {
  rmSync(folder, { recursive: true });
  program.remove();
});

/** Records ten frames into a ring of four, and goes on as `then` says. */
const script = (name: string, then: string, where = folder): string =>
  program.script(
    name,
    `import { FrameRing } from './node/frame-ring.js';
     const ring = new FrameRing({ frames: 4, folder: ${JSON.stringify(where)}, say: (line) => process.stderr.write(line + '\\n') });
     const interfaceId = ring.addInterface('lan0', { mac: '02:00:00:00:00:01' });
     for (let at = 1; at <= 10; at++) ring.frame({ bytes: new Uint8Array(60), at, direction: 'out', interfaceId, comment: 'n' + at });
     ${then}`,
  );
const run = (name: string, then: string, where?: string) => start(process.execPath, [script(name, then, where)]);

function written(err: string): ReturnType<typeof readCapture> {
  const path = /^(\S+\.pcapng): the last 4 frames; 6 before them are forgotten$/m.exec(err)?.[1];
  expect(err).toContain('tapstack-ring-');
  return readCapture(readFileSync(path!));
}

test('SIGUSR1 writes the last frames and says where, as often as it comes', async () => {
  const running = run('signal', "console.log('ready'); setInterval(() => {}, 1000);");
  await running.says('ready');
  running.process.kill('SIGUSR1');
  await running.says('-1.pcapng');
  running.process.kill('SIGUSR1');
  await running.says('-2.pcapng');
  running.process.kill('SIGTERM');
  const { err } = await running.ended;
  const { frames, interfaces, comments, end } = written(err);
  expect(frames.map(({ comment }) => comment)).toEqual(['n7', 'n8', 'n9', 'n10']);
  expect([interfaces[0]?.name, interfaces[0]?.mac, end]).toEqual(['lan0', '02:00:00:00:00:01', 'complete']);
  expect(comments).toEqual(['the last 4 frames; 6 before them are forgotten']);
});

test('an error that nobody catches writes them, and ends the process as ever', async () => {
  for (const then of ["throw new Error('bang');", "Promise.reject(new Error('bang'));"]) {
    const { code, err } = await run('crash', then).ended;
    expect(code).not.toBe(0);
    expect(err).toContain('Error: bang');
    expect(written(err).frames).toHaveLength(4);
  }
});

test('an ordinary end writes nothing, and after close a signal is none of its business', async () => {
  const before = readdirSync(folder).length;
  expect(await run('end', 'ring.close();').ended).toMatchObject({ code: 0, err: '' });
  expect(readdirSync(folder)).toHaveLength(before);
});

test('where the folder cannot be written, the one for temporary files is taken', async () => {
  const { err } = await run('elsewhere', 'ring.write();', '/proc').ended;
  expect(err.startsWith(tmpdir())).toBe(true);
  expect(written(err).frames).toHaveLength(4);
  rmSync(/^(\S+\.pcapng):/.exec(err)![1]!);
});

test('a failed test leaves its last worlds behind', () => {
  for (const name of ['first', 'second', 'third']) {
    const log = ringOfTest();
    log.frame(recorded(echoFrame(), 1, { interfaceId: log.addInterface(name) }));
  }
  const paths = leaveBehind('a test: of 3 things', join(folder, 'results'));
  expect(paths.map((path) => path.replace(folder, ''))).toEqual([
    '/results/a-test-of-3-things-1.pcapng',
    '/results/a-test-of-3-things-2.pcapng',
  ]);
  expect(paths.map((path) => readCapture(readFileSync(path)).interfaces[0]?.name)).toEqual(['second', 'third']);
});
