import { mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MARK } from '../../src/node/private-namespace.ts';
import { Child, ChildFolder } from './child.ts';

let folder: ChildFolder;
beforeAll(() => {
  folder = new ChildFolder(['node/private-namespace.ts', 'node/tap.ts', 'node/interface-config.ts']);
});
afterAll(() => folder.remove());

/** A child that enters a namespace and then does what `then` says. */
const script = (name: string, then: string): string =>
  folder.script(
    name,
    `
    import { readlinkSync } from 'node:fs';
    import { readInterface } from './node/interface-config.js';
    import { enterPrivateNamespace, isPrivate } from './node/private-namespace.js';
    import { TapDevice } from './node/tap.js';
    const namespace = () => readlinkSync('/proc/self/ns/net');
    try { enterPrivateNamespace(); } catch ({ name, reason, message }) { console.log(JSON.stringify({ name, reason, message })); process.exit(9); }
    ${then}
  `,
  );

const clean = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  const { [MARK]: _, ...rest } = process.env;
  return { ...rest, ...env };
};
const run = (path: string, args: string[] = [], env: NodeJS.ProcessEnv = clean()): Child =>
  new Child(process.execPath, [path, ...args], env);

/** Only a root that is no private namespace's own can become somebody else; everybody else is an ordinary user already. */
const asOrdinaryUser = (path: string): Child =>
  isRealRoot()
    ? new Child('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, path], clean())
    : run(path);
const isRealRoot = (): boolean =>
  process.getuid?.() === 0 && /^\s*0\s+0\s+4294967295$/m.test(readFileSync('/proc/self/uid_map', 'utf8'));
const tunIsForAll = (): boolean => (statSync('/dev/net/tun').mode & 0o006) === 0o006;

describe('inside', () => {
  test('the network is another one, with nothing but a loopback that is up; arguments, flags of Node and exit code are kept', async () => {
    const path = script(
      'inside',
      `console.log(JSON.stringify({ namespace: namespace(), isPrivate: isPrivate(), lo: readInterface('lo'), args: process.argv.slice(2), flags: process.execArgv }));
       process.exit(42);`,
    );
    const { code, out, err } = await new Child(process.execPath, ['--no-warnings', path, 'a b', '--c'], clean()).ended;
    expect({ code, err }).toEqual({ code: 42, err: '' });
    const said = JSON.parse(out) as { namespace: string };
    expect(said).toMatchObject({
      isPrivate: true,
      lo: { isUp: true, address: '127.0.0.1' },
      args: ['a b', '--c'],
      flags: ['--no-warnings'],
    });
    expect(said.namespace).not.toBe(readlinkSync('/proc/self/ns/net'));
  });

  test('it is the same process, so a signal finds it', async () => {
    const child = run(
      script(
        'signal',
        "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('pid', process.pid);",
      ),
    );
    await child.says('pid');
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code: 5, out: `pid ${child.process.pid}\n` });
  });

  test('a process that a signal ends is seen to have ended by it', async () => {
    const child = run(script('killed', "setInterval(() => {}, 1000); console.log('ready');"));
    await child.says('ready');
    child.process.kill('SIGKILL');
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('who is inside already stays there', async () => {
    const path = script(
      'again',
      "const before = namespace(); enterPrivateNamespace(); console.log(before === namespace() ? 'same' : 'other');",
    );
    expect(await run(path).ended).toMatchObject({ code: 0, out: 'same\n' });
  });
});

describe('what goes wrong is one line', () => {
  test('no program unshare', async () => {
    const empty = join(folder.path, 'empty');
    mkdirSync(empty);
    const { code, out } = await run(script('missing', ''), [], clean({ PATH: empty })).ended;
    expect(code).toBe(9);
    expect(JSON.parse(out)).toMatchObject({
      name: 'NamespaceError',
      reason: 'no unshare',
      message: expect.stringContaining('install util-linux'),
    });
  });

  test('a system that forbids it', async () => {
    const path = join(folder.path, 'forbids');
    mkdirSync(path);
    const refusal = '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n';
    writeFileSync(join(path, 'unshare'), refusal, { mode: 0o755 });
    const { code, out } = await run(script('forbidden', ''), [], clean({ PATH: path })).ended;
    expect(code).toBe(9);
    const { reason, message } = JSON.parse(out) as { reason: string; message: string };
    expect(reason).toBe('forbidden');
    expect(message).toContain('a private network (unshare: unshare failed: Operation not permitted): run as root, or allow it');
    expect(message).not.toContain('\n');
  });
});

test('an ordinary user gets a network of its own, and a TAP in it as far as /dev/net/tun allows', async () => {
  const path = script(
    'ordinary',
    `try { console.log('TAP', TapDevice.open({ name: 'user0' }).name); } catch ({ reason, message }) { console.log(JSON.stringify({ reason, message })); }`,
  );
  const { code, out } = await asOrdinaryUser(path).ended;
  expect(code).toBe(0);
  if (tunIsForAll()) expect(out).toBe('TAP user0\n');
  else
    expect(JSON.parse(out)).toMatchObject({
      reason: 'no permission',
      message: expect.stringContaining('chmod 666 /dev/net/tun'),
    });
});
