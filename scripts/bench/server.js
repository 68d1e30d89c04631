/** The same three services on tapstack or on the kernel's sockets: echo 7, discard 9, bulk 5000. Prints `ready`. */
import { createServer } from 'node:net';

const block = Buffer.alloc(1 << 20);

const echo = (socket) => socket.pipe(socket);
const discard = (socket) => {
  socket.resume();
  socket.on('end', () => socket.end());
};
/** Sends as many bytes as the first line asks for. */
const bulk = (socket) => {
  socket.once('data', (line) => {
    let left = Number(line.toString());
    const push = () => {
      while (left > 0) {
        const size = Math.min(left, block.length);
        left -= size;
        if (!socket.write(size === block.length ? block : block.subarray(0, size))) return;
      }
      socket.end();
    };
    socket.on('drain', push);
    push();
  });
};

const services = [
  [7, echo],
  [9, discard],
  [5000, bulk],
];

if (process.argv[2] === 'kernel') {
  for (const [port, handler] of services) {
    const listener = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => handler(socket.on('error', () => {})));
    await new Promise((resolve) => listener.listen({ port, backlog: 4096 }, resolve));
  }
} else {
  const { TapHost } = await import('../../dist/node/tap-host.js');
  const { StackServer } = await import('../../dist/node/net-server.js');
  const host = await TapHost.open({ tap: 'bench0', tcp: { noDelay: true } });
  for (const [port, handler] of services) {
    const listener = new StackServer(host.stack, { allowHalfOpen: true }, (socket) => handler(socket.on('error', () => {})));
    listener.listen({ port, backlog: 4096 });
  }
}
console.log('ready');
process.on('SIGTERM', () => process.exit(0));
