/** A client on the kernel's sockets. Usage: client.js send|receive|request|connect ADDRESS AMOUNT; prints one number. */
import { createConnection } from 'node:net';

const [kind, host, text] = process.argv.slice(2);
const amount = Number(text);
const now = () => Number(process.hrtime.bigint()) / 1e9;

const open = (port) =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true }, () => resolve(socket));
    socket.on('error', reject);
  });

const GIGABIT = 1e9 / 8;

const kinds = {
  /** Gbit/s into the discard port, until the peer has closed after the last byte. */
  async send() {
    const socket = await open(9);
    const block = new Uint8Array(1 << 20);
    const start = now();
    socket.resume();
    for (let left = amount; left > 0; left -= block.length) {
      if (!socket.write(block)) await new Promise((resolve) => socket.once('drain', resolve));
    }
    socket.end();
    await new Promise((resolve) => socket.once('close', resolve));
    return amount / GIGABIT / (now() - start);
  },
  /** Gbit/s of what the bulk port sends. */
  async receive() {
    const socket = await open(5000);
    const start = now();
    let received = 0;
    // onread would be faster, but both sides of the pair use this client
    socket.on('data', (chunk) => {
      received += chunk.length;
    });
    socket.write(`${amount}\n`);
    await new Promise((resolve) => socket.once('close', resolve));
    if (received !== amount) throw new Error(`${received} bytes instead of ${amount}`);
    return received / GIGABIT / (now() - start);
  },
  /** Echoes of 64 bytes a second, one after the other. */
  async request() {
    const socket = await open(7);
    const message = new Uint8Array(64);
    const start = now();
    await new Promise((resolve) => {
      let left = amount;
      let got = 0;
      socket.on('data', (chunk) => {
        got += chunk.length;
        if (got < 64) return;
        got -= 64;
        if (--left === 0) resolve();
        else socket.write(message);
      });
      socket.write(message);
    });
    socket.destroy();
    return amount / (now() - start);
  },
  /** Connections a second: open, one byte each way, closed by the client, 50 at once. */
  async connect() {
    const start = now();
    let left = amount;
    const worker = async () => {
      while (left-- > 0) {
        const socket = await open(7);
        socket.write('x');
        await new Promise((resolve) => socket.once('data', resolve));
        socket.end();
        await new Promise((resolve) => socket.once('close', resolve));
      }
    };
    await Promise.all(Array.from({ length: 50 }, worker));
    return amount / (now() - start);
  },
};

console.log(await kinds[kind]());
process.exit(0);
