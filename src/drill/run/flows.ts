/** Which connection a line of the script is about. Most scripts have one and never write a port. */
import { ACK, SYN } from '../../stack/wire/tcp.ts';
import type { PacketAction, Ports } from '../script/ast.ts';
import type { Emission } from '../wire/emission.ts';
import { Flow } from './flow.ts';

/** The peer's ports for connections that begin with an inbound packet without ports. */
const FIRST_PEER_PORT = 49_152;

export class Flows {
  /** The connection that lines without ports speak of. */
  current: Flow | undefined = undefined;
  /** A listening socket has been made that no SYN has reached yet. */
  awaitsSyn = false;
  /** The script's echoes of timestamps count from the first that was seen. */
  readonly #scalesEchoes: boolean;
  readonly #all: Flow[] = [];
  #nextPeerPort = FIRST_PEER_PORT;

  constructor(scalesEchoes: boolean) {
    this.#scalesEchoes = scalesEchoes;
  }

  /**
   * For an inbound packet.
   * @param unread what the host has sent and nobody has expected yet
   * @param localPort where a new connection arrives
   */
  forInbound({ ports, body }: PacketAction, unread: readonly Emission[], localPort: number): Flow {
    if (ports !== undefined)
      return this.#written(ports.destination, ports.source) ?? this.#add(ports.destination, ports.source, ports);
    const isSyn = body.kind === 'tcp' && (body.flags & (SYN | ACK)) === SYN;
    if (isSyn && this.awaitsSyn) {
      this.awaitsSyn = false;
      return this.#add(localPort, this.#nextPeerPort++, undefined);
    }
    return this.current ?? this.#ofUnreadSyn(unread) ?? this.#add(localPort, this.#nextPeerPort++, undefined);
  }

  /** An active open whose SYN the script does not care about: the answer belongs to it all the same. */
  #ofUnreadSyn(unread: readonly Emission[]): Flow | undefined {
    const syn = unread.find(isSynOrDatagram);
    if (syn === undefined || (syn.transport.kind !== 'tcp' && syn.transport.kind !== 'udp')) return undefined;
    const flow = this.#add(syn.transport.source, syn.transport.destination, undefined);
    if (syn.transport.kind === 'tcp') flow.learn(syn.transport, undefined);
    return flow;
  }

  /** True when an expected line may be about this packet. */
  mayBe({ ports, body }: PacketAction, emission: Emission): boolean {
    if (emission.transport.kind !== body.kind) return false;
    if (emission.transport.kind === 'icmp') return true;
    const flow = ports === undefined ? this.current : this.#written(ports.source, ports.destination);
    if (flow?.isOf(emission) === true) return true;
    const begins = flow === undefined || (body.kind === 'tcp' && (body.flags & (SYN | ACK)) === SYN);
    return begins && this.of(emission) === undefined && fits(emission, ports);
  }

  /** The connection of a packet that an expected line is about; a new one when it begins here. */
  forOutbound({ ports }: PacketAction, emission: Emission): Flow | undefined {
    const known = this.of(emission);
    if (known !== undefined || (emission.transport.kind !== 'tcp' && emission.transport.kind !== 'udp')) {
      if (known !== undefined && ports === undefined) this.current = known;
      return known ?? this.current;
    }
    const { source, destination } = emission.transport;
    return this.#add(
      source,
      destination,
      ports === undefined ? undefined : { source: ports.destination, destination: ports.source },
    );
  }

  /** The connection that a packet belongs to, if it is known. */
  of(emission: Emission): Flow | undefined {
    if (emission.transport.kind === 'icmp') return this.current;
    return this.#all.findLast((flow) => flow.isOf(emission));
  }

  #written(local: number, remote: number): Flow | undefined {
    return this.#all.findLast(
      ({ localPort, remotePort, written }) =>
        (localPort === local && remotePort === remote) || (written?.destination === local && written.source === remote),
    );
  }

  #add(localPort: number, remotePort: number, written: Ports | undefined): Flow {
    const flow = new Flow(localPort, remotePort, written, this.#scalesEchoes);
    this.#all.push(flow);
    this.current = flow;
    return flow;
  }
}

const isSynOrDatagram = ({ transport }: Emission): boolean =>
  transport.kind === 'udp' || (transport.kind === 'tcp' && (transport.flags & (SYN | ACK)) === SYN);

/** The peer's port has to be the one that was written; ours may be an ephemeral one that the script calls something else. */
const fits = ({ transport }: Emission, ports: Ports | undefined): boolean =>
  ports === undefined || ((transport.kind === 'tcp' || transport.kind === 'udp') && transport.destination === ports.destination);
