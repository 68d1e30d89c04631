/** TCP Fast Open, RFC 7413, with the kernel at the other end of a TAP: each side's cookies and texts are taken by the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { TapHost } from '../../src/node/tap-host.ts';
import { connectTcp, ipv4, listenTcp } from '../../src/stack/index.ts';
import { requirePrivateNamespace } from './private.ts';

const KNOB = '/proc/sys/net/ipv4/tcp_fastopen';

beforeAll(() => {
  requirePrivateNamespace();
  if (!existsSync(KNOB)) throw new Error(`this test needs a kernel with ${KNOB}`);
  writeFileSync(KNOB, '3');
});

const children: ChildProcess[] = [];
const hosts: TapHost[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill();
  for (const host of hosts.splice(0)) await host.close();
});

async function tapHost(name: string, net: number): Promise<TapHost> {
  const host = await TapHost.open({ tap: name, ip: `10.${net}.0.2/24` });
  hosts.push(host);
  return host;
}

function python(script: string): { readonly child: ChildProcess; readonly words: () => string } {
  const child = spawn('python3', ['-uc', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  return { child, words: () => said };
}

/** 32 in the sixth octet of TCP_INFO: the text of the SYN was acknowledged with it. */
const CLIENT = `
import socket
for i in range(3):
    s = socket.socket()
    s.sendto(b'question %d' % i, socket.MSG_FASTOPEN, ('10.77.0.2', 7))
    answer = s.recv(100)
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 100)
    print(answer.decode(), info[5] & 32)
    s.close()
`;

test('§4.2.2: the kernel opens fast to our server: from its second connection on the text goes with the SYN', async () => {
  const { stack } = await tapHost('tfo0', 77);
  const early: boolean[] = [];
  const listener = listenTcp(stack, 7, { fastOpen: 16 });
  void (async () => {
    for await (const socket of listener) {
      early.push([...stack.tcp.connections()].some(({ fastOpen }) => fastOpen?.textAccepted === true));
      const bytes = await socket.read();
      if (bytes !== undefined) await socket.write(bytes);
      await socket.close();
    }
  })();
  const { child, words } = python(CLIENT);
  await once(child, 'close');
  expect(words()).toBe('question 0 0\nquestion 1 32\nquestion 2 32\n');
  expect(early).toEqual([false, true, true]);
  listener.close();
});

const SERVER = `
import socket
s = socket.socket()
s.setsockopt(socket.IPPROTO_TCP, 23, 5)
s.bind(('10.78.0.1', 7))
s.listen(5)
print('ready')
for i in range(3):
    c, _ = s.accept()
    state = c.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 100)
    c.sendall(b'%d ' % (state[5] & 32) + c.recv(100))
    c.close()
`;

test('§4.2.1: our client opens fast to a kernel that listens with TCP_FASTOPEN', async () => {
  const { stack } = await tapHost('tfo1', 78);
  const { child } = python(SERVER);
  await once(child.stdout!, 'data');
  const answers: string[] = [];
  for (let i = 0; i < 3; i++) {
    const data = new TextEncoder().encode(`question ${i}`);
    const socket = await connectTcp(stack, ipv4('10.78.0.1'), 7, { fastOpen: true, data });
    let answer = '';
    for await (const bytes of socket) answer += new TextDecoder().decode(bytes);
    answers.push(answer);
    await socket.close();
  }
  expect(answers).toEqual(['0 question 0', '32 question 1', '32 question 2']);
  expect(stack.tcp.fastOpenCache.size).toBe(1);
});
