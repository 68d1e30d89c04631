/** Both of the benchmark's servers in JavaScript, on a TAP and on the kernel, offer what its clients ask for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureInterface } from '../../src/node/interface-config.ts';
import { requirePrivateNamespace } from '../node/private.ts';
import { BENCH, script } from './script.ts';

interface Report {
  readonly seconds: number;
  readonly collections: number;
}

const { PORTS, NODE_BASE } = await script<{ PORTS: Readonly<Record<string, number>>; NODE_BASE: number }>('ports.js');
const { ask } = await script<{ ask(child: ChildProcess, question: string): Promise<Report> }>('self-report.js');

beforeAll(() => {
  requirePrivateNamespace();
  configureInterface('lo', { isUp: true });
});

async function serve(name: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(BENCH, name), ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  await once(child.stdout!, 'data');
  return child;
}

const SERVERS = [
  { name: 'stack-server.js', args: ['benchtest0', '10.78.0.2/24', 'off'], host: '10.78.0.2', base: 0 },
  { name: 'node-server.js', args: [], host: '127.0.0.1', base: NODE_BASE },
];

describe.each(SERVERS)('$name', ({ name, args, host, base }) => {
  let child: ChildProcess;
  const port = (service: string): number => base + PORTS[service]!;
  const open = (service: string) => connect({ host, port: port(service) });

  beforeAll(async () => {
    child = await serve(name, ...args);
  });
  afterAll(async () => {
    const gone = once(child, 'exit');
    child.disconnect(); // as when the benchmark is killed
    await gone;
  });

  test('echo: a byte comes back', async () => {
    const socket = open('echo');
    socket.write('x');
    expect(`${(await once(socket, 'data'))[0]}`).toBe('x');
    socket.destroy();
  });

  test('discard: closes when the client has, and only when all has been read', async () => {
    const socket = open('discard');
    socket.end(Buffer.alloc(3_000_000));
    socket.resume();
    await once(socket, 'close');
    expect(socket).toMatchObject({ bytesWritten: 3_000_000, bytesRead: 0, errored: null });
  });

  test('source: bytes without end', async () => {
    const socket = open('source');
    for await (const _chunk of socket) if (socket.bytesRead > 3_000_000) break;
    expect(socket.bytesRead).toBeGreaterThan(3_000_000);
  });

  test('node:http answers', async () => {
    const response = await fetch(`http://${host}:${port('http')}/`);
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '6', 'hello\n']);
  });

  test('datagrams are counted until somebody asks, and sent as ordered', async () => {
    const socket = createSocket('udp4');
    try {
      const count = async (): Promise<bigint> => {
        socket.send('?', port('count'), host);
        return (await received(socket)).readBigUInt64LE();
      };
      expect(await count()).toBe(0n);
      for (let i = 0; i < 5; i++) await new Promise((resolve) => socket.send(Buffer.alloc(64), port('discard'), host, resolve));
      let counted = 0n;
      while (counted < 5n) counted += await count(); // the question may be read before the last of them
      expect([counted, await count()]).toEqual([5n, 0n]);
      const order = new Uint32Array([20, 100, 100]);
      socket.send(new Uint8Array(order.buffer), port('source'), host);
      expect(await received(socket)).toHaveLength(100);
    } finally {
      socket.close();
    }
  });
});

const received = async (socket: Socket): Promise<Buffer> => (await once(socket, 'message'))[0] as Buffer;

test("the stack's server has the minimal responder, and tells of itself", async () => {
  const child = await serve('stack-server.js', 'benchtest1', '10.79.0.2/24', 'on');
  try {
    await ask(child, 'begin');
    const response = await fetch(`http://10.79.0.2:${PORTS['hello']}/`);
    expect([response.status, await response.text()]).toEqual([200, 'Hello from tapstack.\n']);
    const report = await ask(child, 'end');
    expect(report.seconds).toBeGreaterThan(0);
    expect(report.collections).toBeGreaterThanOrEqual(0);
  } finally {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }
});
