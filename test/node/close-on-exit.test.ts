import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readInterface } from '../../src/node/interface-config.ts';
import { Child, ChildFolder } from './child.ts';
import { requirePrivateNamespace } from './private.ts';

let folder: ChildFolder;
beforeAll(() => {
  requirePrivateNamespace();
  folder = new ChildFolder(['node/close-on-exit.ts', 'node/tap.ts', 'node/run-loop.ts', 'node/interface-config.ts']);
});
afterAll(() => folder.remove());

/** A child that opens the TAP `name`, runs a loop over it, and then does what `then` says. */
function child(name: string, then: string): Child {
  const text = `
    import { closeOnExit } from './node/close-on-exit.js';
    import { configureInterface } from './node/interface-config.js';
    import { RunLoop } from './node/run-loop.js';
    import { TapDevice } from './node/tap.js';
    const tap = TapDevice.open({ name: '${name}' });
    configureInterface('${name}', { isUp: true });
    const loop = new RunLoop({ machine: { run() {}, nextTimeout: () => Infinity }, devices: [tap] });
    const guard = closeOnExit([tap, { close: () => console.log('closed: loop') && loop.stop() }]);
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    loop.start();
    ${then}
    console.log('ready');
  `;
  return new Child(process.execPath, [folder.script(name, text)]);
}

describe('signals', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s closes everything, leaves no TAP and exits with %i', async (signal, code) => {
    const name = `exit${code}`;
    const slow = "guard.add({ close: async () => { await sleep(20); console.log('closed: slow'); } });";
    const it = child(name, slow);
    await it.says('ready');
    expect(readInterface(name)).toBeDefined();
    it.process.kill(signal);
    const end = await it.ended;
    expect(end).toMatchObject({ code, signal: null, err: '' });
    expect(end.out).toContain('closed: slow');
    expect(end.out).toContain('closed: loop');
    expect(readInterface(name)).toBeUndefined();
  });

  test('a resource that closes for ever is not waited for', async () => {
    const it = child('forever0', 'guard.release(); closeOnExit([{ close: () => new Promise(() => {}) }], 30);');
    await it.says('ready');
    it.process.kill('SIGTERM');
    expect(await it.ended).toMatchObject({ code: 143 });
  });

  test('a second signal does not wait', async () => {
    const hang =
      "guard.release(); closeOnExit([{ close: () => { console.log('closing'); return new Promise(() => {}); } }], 600_000);";
    const it = child('twice0', hang);
    await it.says('ready');
    it.process.kill('SIGTERM');
    await it.says('closing');
    it.process.kill('SIGINT');
    expect(await it.ended).toMatchObject({ code: 130 });
  });

  test('one that fails to close keeps nobody else from it, and is named', async () => {
    const fail =
      "guard.add({ close: () => { throw new Error('stuck'); } }); guard.add({ close: async () => { throw new Error('jammed'); } });";
    const it = child('fail0', fail);
    await it.says('ready');
    it.process.kill('SIGTERM');
    const end = await it.ended;
    expect(end.code).toBe(143);
    expect(end.out).toContain('closed: loop');
    expect(end.err).toContain('stuck');
    expect(end.err).toContain('jammed');
  });
});

describe('other ends', () => {
  test('process.exit closes, and keeps its code', async () => {
    const end = await child('code0', 'setTimeout(() => process.exit(7), 10);').ended;
    expect(end).toMatchObject({ code: 7 });
    expect(end.out).toContain('closed: loop');
    expect(readInterface('code0')).toBeUndefined();
  });

  test('an uncaught exception closes, and is reported as ever', async () => {
    const end = await child('throw0', "setTimeout(() => { throw new Error('a bug'); }, 10);").ended;
    expect(end.code).toBe(1);
    expect(end.err).toContain('a bug');
    expect(end.out).toContain('closed: loop');
  });

  test('a loop that is stopped and a TAP that is closed keep no process alive', async () => {
    const end = await child('done0', 'await loop.stop(); tap.close(); guard.release();').ended;
    expect(end).toMatchObject({ code: 0, out: 'ready\n' });
  });

  test('a loop that is stopped keeps no process alive even when its TAP stays open', async () => {
    const end = await child('done1', 'await loop.stop(); guard.release();').ended;
    expect(end).toMatchObject({ code: 0, out: 'ready\n' });
    expect(readInterface('done1')).toBeUndefined();
  });
});
