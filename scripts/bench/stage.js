/**
 * Where it all happens: this network namespace is the client's, on the kernel's sockets; behind two TAPs is the stack, with
 * offload and without; behind a veth pair, in a namespace of their own, are the kernel's servers, the native one and Node's.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NODE_BASE } from './ports.js';

/** With a channel to ask for more, which also ends it when we are no longer there. */
const TELLS = { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] };

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The sides that can be measured: whom the client speaks to. One that `tells` answers questions about itself. */
const SIDES = {
  tapstack: { device: 'bench0', network: '10.0.0', host: '10.0.0.2', base: 0, tells: true },
  plain: { device: 'bench1', network: '10.2.0', host: '10.2.0.2', base: 0, tells: true },
  veth: { device: 'veth0', network: '10.1.0', host: '10.1.0.2', base: 0 },
  node: { device: 'veth0', network: '10.1.0', host: '10.1.0.2', base: NODE_BASE },
};

export class Stage {
  /** Where each side is, and the process that serves it. */
  sides = {};
  congestionControl = 'the system default';
  #children;
  #programs;
  #peer;

  constructor(children, programs) {
    this.#children = children;
    this.#programs = programs;
  }

  /** @param wanted names of sides */
  async open(wanted) {
    if (wanted.size === 0) return;
    await this.#ip('link set lo up');
    prepareTcp();
    if (wanted.has('veth') || wanted.has('node')) await this.#openVeth();
    for (const name of Object.keys(SIDES)) {
      if (wanted.has(name)) this.sides[name] = { ...SIDES[name], process: await this.#serve(name) };
    }
    await this.#chooseCubic();
  }

  /** The native server in a namespace of its own: behind the kernel's own virtual Ethernet is the same kernel as on our side. */
  async #openVeth() {
    this.#peer = await this.#children.serve('unshare', ['--net', this.#programs.server]);
    await this.#ip(`link add veth0 type veth peer name veth1 netns ${this.#peer.pid}`);
    await this.#ip('addr add 10.1.0.1/24 dev veth0');
    await this.#ip('link set veth0 up');
    await this.#inPeer('ip', 'link set lo up');
    await this.#inPeer('ip', 'addr add 10.1.0.2/24 dev veth1');
    await this.#inPeer('ip', 'link set veth1 up');
  }

  #serve(name) {
    if (name === 'veth') return this.#peer;
    if (name === 'node')
      return this.#children.serve('nsenter', [...this.#intoPeer(), process.execPath, `${HERE}node-server.js`], TELLS);
    const { device, host } = SIDES[name];
    const args = [`${HERE}stack-server.js`, device, `${host}/24`, name === 'plain' ? 'off' : 'on'];
    return this.#children.serve(process.execPath, args, TELLS);
  }

  #intoPeer() {
    return ['-t', `${this.#peer.pid}`, '-n'];
  }

  /** On the routes of both kernels: whatever the machine prefers, what they send is decided in the same way. */
  async #chooseCubic() {
    try {
      for (const { device, network } of Object.values(this.sides)) {
        await this.#ip(`route replace ${network}.0/24 dev ${device} src ${network}.1 congctl cubic`);
      }
      if (this.#peer !== undefined) await this.#inPeer('ip', 'route replace 10.1.0.0/24 dev veth1 src 10.1.0.2 congctl cubic');
      this.congestionControl = 'cubic';
    } catch {
      // an old iproute2: the heading names what is used
    }
  }

  /** What a side's device has dropped: `in` on its way to the server, `out` on its way to the client. */
  async drops({ device }) {
    const [{ stats64 }] = JSON.parse(await this.#ip(`-s -j link show dev ${device}`));
    return { in: stats64.tx.dropped, out: stats64.rx.dropped };
  }

  /** Puts a process with all of its threads on these processors, "0" or "0-1". */
  pin(pid, processors) {
    return this.#children.run('taskset', ['-acp', processors, `${pid}`]);
  }

  #ip(words) {
    return this.#children.run('ip', words.split(' '));
  }

  #inPeer(command, words) {
    return this.#children.run('nsenter', [...this.#intoPeer(), command, ...words.split(' ')]);
  }
}

/** So that a client may open many connections one after the other: of this namespace only. */
function prepareTcp() {
  try {
    writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '1024 65535');
    writeFileSync('/proc/sys/net/ipv4/tcp_tw_reuse', '1');
  } catch {
    // a read-only /proc: it will do for fewer connections
  }
}
