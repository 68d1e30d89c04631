/** Many kernel sockets at once, each fetching some bytes by HTTP and closing. Prints one line of JSON per round. */
import { connect } from 'node:net';

const [address, connections, bytes, rounds] = process.argv.slice(2);

/** @returns the body, once it is complete; then the client closes first, so that TIME-WAIT is the kernel's */
function fetch(path) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: 80 });
    let head = '';
    let body = Buffer.alloc(0);
    let wanted = -1;
    let isDone = false;
    socket.on('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: stack\r\n\r\n`));
    socket.on('error', reject);
    socket.on('close', () => (isDone ? resolve(body) : reject(new Error(`closed after ${body.length} of ${wanted} bytes`))));
    socket.on('data', (chunk) => {
      body = Buffer.concat([body, chunk]);
      const end = head === '' ? body.indexOf('\r\n\r\n') : -1;
      if (end >= 0) {
        head = body.subarray(0, end).toString();
        wanted = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        body = body.subarray(end + 4);
      }
      if (body.length !== wanted) return;
      isDone = true;
      socket.end();
    });
  });
}

const isPattern = (body) => body.length === Number(bytes) && body.every((byte, i) => byte === i % 251);

/** The server hears of the last FIN a moment after us. */
async function settled() {
  for (let attempts = 100; ; attempts--) {
    const stats = JSON.parse((await fetch('/stats')).toString());
    const { ['TIME-WAIT']: _, ESTABLISHED: own, ...others } = stats.connections.byState;
    if ((own === 1 && Object.keys(others).length === 0) || attempts === 0) return stats;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (let round = 1; round <= Number(rounds); round++) {
  const begun = performance.now();
  const results = await Promise.allSettled(Array.from({ length: Number(connections) }, () => fetch(`/bytes/${bytes}`)));
  const seconds = (performance.now() - begun) / 1000;
  const right = results.filter(({ status, value }) => status === 'fulfilled' && isPattern(value)).length;
  const failures = [...new Set(results.filter(({ status }) => status === 'rejected').map(({ reason }) => String(reason)))];
  const { memory, connections: left, listeners, drops } = await settled();
  const http = listeners.find(({ port }) => port === 80);
  console.log(JSON.stringify({ round, right, failures, seconds, left: left.byState, http, drops, memory }));
}
