/** A network of a hub with DHCP servers and clients on it, in virtual time: the setting of the conversations about DHCP. */
import { dissect } from '../../../src/capture/dissect/dissect.ts';
import type { Dhcp } from '../../../src/capture/dissect/dissect-dhcp.ts';
import { dhcpMessageName } from '../../../src/capture/dissect/names.ts';
import type { NetHost } from '../../../src/lab/network/net-host.ts';
import type { NetHostOptions } from '../../../src/lab/network/network.ts';
import { Network } from '../../../src/lab/network/network.ts';
import type { Plug } from '../../../src/lab/network/node.ts';
import { Recording } from '../../../src/lab/network/recording.ts';
import { World } from '../../../src/lab/world.ts';
import type { DhcpClientOptions, DhcpServerOptions, ServerEvent } from '../../../src/services/dhcp/index.ts';
import { DhcpClient, DhcpServer } from '../../../src/services/dhcp/index.ts';
import type { ProbeTimes } from '../../../src/stack/index.ts';
import { MILLISECOND } from '../../../src/stack/index.ts';
import { settle } from '../../two-hosts.ts';

export const NETWORK = '10.0.0.0/24';
export const RANGE = '10.0.0.100-10.0.0.102';
export const POOL = { network: NETWORK, range: RANGE, router: '10.0.0.1', dns: ['10.0.0.1', '10.0.0.9'], domain: 'lan.example' };
/** A fifth of a second in place of seven. */
export const QUICK: ProbeTimes = {
  wait: 0,
  count: 2,
  min: 50 * MILLISECOND,
  max: 50 * MILLISECOND,
  announceWait: 100 * MILLISECOND,
};

export class Lan {
  readonly recording = new Recording();
  readonly net: Network;
  readonly hub: Plug & { readonly name: string };
  /** What servers said, without the host names. */
  readonly said: ServerEvent[] = [];

  constructor(seed = 1) {
    this.net = new Network(new World({ settle, seed }), { recording: this.recording });
    this.hub = this.net.hub('hub');
  }

  get now(): number {
    return this.net.world.now;
  }

  host(name: string, options: NetHostOptions = {}): NetHost {
    const host = this.net.host(name, options);
    this.net.cable(host, this.hub);
    return host;
  }

  /** 10.0.0.1, with three addresses to give away. */
  server(options: Partial<DhcpServerOptions> = {}, name = 'server', address = '10.0.0.1/24'): DhcpServer {
    return this.serve(this.host(name, { address }), options);
  }

  serve(host: NetHost, options: Partial<DhcpServerOptions> = {}): DhcpServer {
    const server = new DhcpServer(host.stack, {
      time: this.net.timers,
      pools: [POOL],
      onEvent: (event) => this.said.push(event),
      ...options,
    });
    return server;
  }

  client(name: string, options: Partial<DhcpClientOptions> = {}): DhcpClient {
    return this.ask(this.host(name), options);
  }

  ask({ stack }: NetHost, options: Partial<DhcpClientOptions> = {}): DhcpClient {
    const { timers, world } = this.net;
    const own = stack.interfaces.get(1)!;
    return new DhcpClient({ stack, interface: own, time: timers, random: world.random, conflictCheck: QUICK, ...options });
  }

  passes(duration: number): Promise<void> {
    return this.net.world.runFor(duration);
  }

  /** The address of a client when it has one. */
  async address(client: DhcpClient): Promise<string | undefined> {
    const lease = await this.net.world.finish(client.ready());
    return lease === undefined ? undefined : `${lease.address}`;
  }

  /** DHCP on the cable of a host, in order: "discover", "offer 10.0.0.100", ... Forgets them. */
  heard(at: string): string[] {
    const id = this.recording.interfaces.findIndex(({ name }) => name === at);
    const frames = this.recording.frames.filter(({ interfaceId }) => interfaceId === id);
    this.recording.forget();
    return frames.flatMap(({ bytes }) => {
      const { application } = dissect(bytes);
      return application?.kind === 'dhcp' ? [phrase(application)] : [];
    });
  }

  /** What stands beside the frames of DHCP that a host has sent. */
  notes(of: string): string[] {
    const id = this.recording.interfaces.findIndex(({ name }) => name === of);
    return this.recording.frames
      .filter(({ interfaceId, direction, bytes }) => {
        return interfaceId === id && direction === 'out' && dissect(bytes).application?.kind === 'dhcp';
      })
      .map(({ comment }) => comment);
  }
}

const phrase = ({ messageType, yourIp }: Dhcp): string =>
  `${dhcpMessageName(messageType)}${yourIp === '0.0.0.0' ? '' : ` ${yourIp}`}`;
