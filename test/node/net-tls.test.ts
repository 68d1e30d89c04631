/** node:tls and node:https unchanged over the stack. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { connectNet } from '../../src/node/net-connect.ts';
import { StackServer } from '../../src/node/net-server.ts';
import { pattern, twoHosts } from '../two-hosts.ts';
import { selfSigned } from './self-signed.ts';

test('HTTPS over the stack: the certificate is verified and 2 MB arrive', async () => {
  const { world, alice, bob } = twoHosts({ cable: { offload: true } });
  const identity = selfSigned('bob.test');
  const body = pattern(2_000_000);
  const https = createServer(identity, (_, response) => void response.end(body));
  new StackServer(bob, {}, (socket) => https.emit('connection', socket)).listen({ port: 443 });
  const socket = connectNet(alice, { host: '10.0.0.2', port: 443 });
  const secured: TLSSocket = connect({ socket, ca: identity.cert, servername: 'bob.test' });
  await world.finish(once(secured, 'secureConnect'), { limit: 60_000_000 });
  expect(secured.authorized).toBe(true);
  expect(secured.getProtocol()).toBe('TLSv1.3');
  const sent = request({ createConnection: () => secured, path: '/' }).end();
  const [response] = (await world.finish(once(sent, 'response'))) as [IncomingMessage];
  const hash = createHash('sha256');
  response.on('data', (chunk: Buffer) => hash.update(chunk));
  await world.finish(once(response, 'end'));
  expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
});
