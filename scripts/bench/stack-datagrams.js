/** The datagrams of the stack's server, as native/udp-server.h has them on the kernel's: counted, asked for, sent as ordered. */
import { openUdp } from '../../dist/stack/index.js';
import { PORTS, readOrder, writeCount } from './ports.js';

/** What arrives while the stack runs once, and what one run sends. */
const LIMITS = { send: { bytes: 2 << 20, datagrams: 256 }, receive: { bytes: 8 << 20, datagrams: 4096 } };

export function startDatagrams(stack) {
  let arrived = 0;
  const sink = openUdp(stack, { port: PORTS.discard, limits: LIMITS });
  const head = new Uint8Array(16);
  sink.onChange = () => {
    while (sink.receiveNow(head) >= 0) arrived++;
  };
  void serve(openUdp(stack, { port: PORTS.count }), (socket, { from, to }) => {
    void socket.send(writeCount(arrived), from, to);
    arrived = 0;
  });
  void serve(openUdp(stack, { port: PORTS.source, reuse: true }), (_socket, { bytes, from }) => {
    const order = readOrder(bytes);
    if (order !== undefined) send(stack, from, order);
  });
}

async function serve(socket, onDatagram) {
  for await (const datagram of socket) onDatagram(socket, datagram);
}

/** As fast as the socket's queue takes them, until the time is over. */
function send(stack, to, { seconds, size }) {
  const socket = openUdp(stack, { port: PORTS.source, reuse: true, limits: LIMITS });
  socket.connect(to.address, to.port);
  const bytes = new Uint8Array(size);
  const end = performance.now() + seconds * 1e3;
  const pump = () => {
    socket.takeFailure();
    if (performance.now() > end) socket.close();
    else while (socket.sendNow(bytes) === 'queued');
  };
  socket.onChange = pump;
  pump();
}
