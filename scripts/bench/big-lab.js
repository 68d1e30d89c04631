/** A lab of many hosts behind switches and routers, in which everybody sends to everybody, in virtual time. */
import { Network, World } from '../../dist/lab/index.js';
import { MILLISECOND, openUdp, SECOND, SeededRandom } from '../../dist/stack/index.js';

const ROUTERS = 10;
const SWITCHES_EACH = 5;
const HOSTS_EACH = 20;
const PORT = 7;

/** Ten routers on a backbone; behind each five switches, a network each, with twenty hosts. */
export function drawLab(world) {
  const net = new Network(world);
  const backbone = net.switch('backbone', { ports: ROUTERS });
  const hosts = [];
  for (let r = 0; r < ROUTERS; r++) {
    const lans = Array.from({ length: SWITCHES_EACH }, (_, s) => [`lan${s}`, `10.${r}.${s}.254/24`]);
    const others = Array.from({ length: ROUTERS }, (_, o) => o).filter((o) => o !== r);
    const router = net.router(`r${r}`, {
      ports: { up: `10.255.0.${r + 1}/24`, ...Object.fromEntries(lans) },
      routes: Object.fromEntries(others.map((o) => [`10.${o}.0.0/16`, `10.255.0.${o + 1}`])),
    });
    net.cable(router.port('up'), backbone);
    for (let s = 0; s < SWITCHES_EACH; s++) {
      const s1 = net.switch(`s${r}-${s}`, { ports: HOSTS_EACH + 1 });
      net.cable(router.port(`lan${s}`), s1);
      for (let h = 1; h <= HOSTS_EACH; h++) {
        const host = net.host(`h${r}-${s}-${h}`, { address: `10.${r}.${s}.${h}/24`, gateway: `10.${r}.${s}.254` });
        net.cable(host, s1);
        hosts.push(host);
      }
    }
  }
  return { net, hosts };
}

/**
 * Each host sends a datagram to some other host every ten milliseconds of virtual time.
 * @returns how many arrived, and how many seconds the whole took, with the building of the lab
 */
export async function exchange(datagrams) {
  const began = process.hrtime.bigint();
  const world = new World({ settle: () => new Promise((resolve) => setImmediate(resolve)) });
  const { net, hosts } = drawLab(world);
  const random = new SeededRandom(1);
  const into = new Uint8Array(100);
  let arrived = 0;
  const sockets = hosts.map(({ stack }) => {
    const socket = openUdp(stack, { port: PORT });
    socket.onChange = () => {
      while (socket.receiveNow(into) >= 0) arrived++;
    };
    return socket;
  });
  const talk = async () => {
    for (let sent = 0; sent < datagrams; sent++) {
      const from = sent % hosts.length;
      const to = (from + 1 + (random.nextUint32() % (hosts.length - 1))) % hosts.length;
      await sockets[from].send(into, { address: hosts[to].address, port: PORT });
      if (from === hosts.length - 1) await net.timers.sleep(10 * MILLISECOND);
    }
  };
  await world.finish(talk());
  await world.runFor(SECOND);
  return { arrived, seconds: Number(process.hrtime.bigint() - began) / 1e9 };
}
