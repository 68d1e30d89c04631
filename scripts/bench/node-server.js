/** The same services on Node's own sockets, as anybody would write them. Prints `ready`. */
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { answerHttp, NODE_BASE, PORTS, readOrder, writeCount } from './ports.js';

const block = Buffer.alloc(256 * 1024);
const ignore = () => {};

const conversations = {
  echo: (socket) => socket.pipe(socket),
  discard: (socket) => {
    socket.on('data', ignore);
    socket.on('end', () => socket.end());
  },
  source: (socket) => {
    const push = () => {
      while (socket.writable && socket.write(block));
    };
    socket.on('drain', push);
    socket.on('data', ignore);
    push();
  },
};

for (const [name, converse] of Object.entries(conversations)) {
  const server = createServer({ noDelay: true, allowHalfOpen: name === 'discard' }, (socket) =>
    converse(socket.on('error', ignore)),
  );
  await new Promise((resolve) => server.listen({ port: NODE_BASE + PORTS[name], host: '0.0.0.0', backlog: 4096 }, resolve));
}
const http = createHttpServer(answerHttp);
await new Promise((resolve) => http.listen({ port: NODE_BASE + PORTS.http, host: '0.0.0.0', backlog: 4096 }, resolve));

let arrived = 0;

const open = async (port, onDatagram) => {
  const socket = createSocket({ type: 'udp4', reuseAddr: true, recvBufferSize: 4 << 20 }, onDatagram);
  await new Promise((resolve) => socket.bind(NODE_BASE + port, '0.0.0.0', resolve));
  return socket;
};

await open(PORTS.discard, () => {
  arrived++;
});
const counter = await open(PORTS.count, (_bytes, { address, port }) => {
  counter.send(writeCount(arrived), port, address);
  arrived = 0;
});
const source = await open(PORTS.source, (bytes, { address, port }) => {
  const order = readOrder(bytes);
  if (order !== undefined) sendDatagrams(address, port, order);
});

/** So many at a time as keep Node's queue filled, until the time is over. */
function sendDatagrams(address, port, { seconds, size }) {
  const bytes = Buffer.alloc(size);
  const end = performance.now() + seconds * 1e3;
  const next = () => {
    if (performance.now() < end) source.send(bytes, port, address, next);
  };
  for (let i = 0; i < 64; i++) next();
}

process.on('disconnect', () => process.exit(0));
console.log('ready');
