/** What a failed test leaves behind: the last frames of its worlds, as captures in .test-results. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach } from 'vitest';
import { captureBytes } from '../src/capture/file/capture-bytes.ts';
import { FrameLog } from '../src/capture/record/frame-log.ts';

const FOLDER = resolve(import.meta.dirname, '../.test-results');
/** A property runs many worlds; the last ones are those of its failure. */
const MOST_WORLDS = 2;
const MOST_FRAMES = 2_000;
const logs: FrameLog[] = [];

/** A ring for the frames of a test's world: nothing is seen of it when the test succeeds. */
export function ringOfTest(): FrameLog {
  const log = new FrameLog({ maxFrames: MOST_FRAMES, maxBytes: 4 * 1024 * 1024 });
  logs.push(log);
  if (logs.length > MOST_WORLDS) logs.shift();
  return log;
}

/** Writes what there is. @returns the paths */
export function leaveBehind(name: string, folder = FOLDER): string[] {
  const stem = name.replace(/[^\w.-]+/g, '-').slice(0, 120);
  mkdirSync(folder, { recursive: true });
  return logs
    .filter(({ length }) => length > 0)
    .map((log, index) => {
      const path = join(folder, `${stem}-${index + 1}.pcapng`);
      writeFileSync(path, captureBytes(log.frames(), { interfaces: log.interfaces }));
      return path;
    });
}

afterEach(({ task }) => {
  if (task.result?.state === 'fail')
    for (const path of leaveBehind(`${task.suite?.name ?? ''} ${task.name}`.trim())) console.error(`the last frames: ${path}`);
  logs.length = 0;
});
