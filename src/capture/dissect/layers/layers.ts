/** The headers of a frame, one in the other, each with its fields. */
import type { Dissected, IpPacket, Link, Span, Transport } from '../dissected.ts';
import { arpLayer } from './arp.ts';
import { dataLayer } from './data.ts';
import { dhcpLayer } from './dhcp.ts';
import { dnsLayer } from './dns.ts';
import { behindPadding, ethernetLayer, llcLayer, vlanLayer } from './ethernet.ts';
import type { Layer } from './field.ts';
import { icmpLayer } from './icmp.ts';
import { icmpv6Layer } from './icmpv6.ts';
import { ipv4Layer } from './ipv4.ts';
import { ipv6Layer } from './ipv6.ts';
import { cookedLayer, loopbackLayer } from './link.ts';
import { stpLayer } from './stp.ts';
import { tcpLayer, tcpPortsLayer } from './tcp.ts';
import { udpLayer, udpPortsLayer } from './udp.ts';

export interface LayersOptions {
  /** What TCP's numbers are relative to. @default 0: they stand as they are on the wire */
  readonly bases?: { readonly seq: number; readonly ack: number };
  /** Only these protocols: building what nobody asked for costs time. The packet in an ICMP error then stands beside it. */
  readonly wants?: (protocol: string) => boolean;
}

type Bases = { readonly seq: number; readonly ack: number };

/** @param packet what `dissect` made of the same bytes */
export function layersOf(frame: Uint8Array, packet: Dissected, options: LayersOptions = {}): Layer[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return new LayerBuilder(view, packet, options).build();
}

class LayerBuilder {
  readonly #view: DataView;
  readonly #packet: Dissected;
  readonly #bases: Bases;
  readonly #wants: (protocol: string) => boolean;

  constructor(view: DataView, packet: Dissected, { bases, wants }: LayersOptions) {
    this.#view = view;
    this.#packet = packet;
    this.#bases = bases ?? { seq: 0, ack: 0 };
    this.#wants = wants ?? (() => true);
  }

  build(): Layer[] {
    const { link, network, trailer } = this.#packet;
    const end = trailer.at;
    const layers = link === undefined ? [] : this.#link(link);
    if (network === undefined) return [...layers, ...this.#data(this.#packet.payload)];
    if (network.kind === 'arp') return [...layers, ...this.#one('arp', () => arpLayer(this.#view, end, network))];
    const { transport, application, payload, payloadLength } = this.#packet;
    const packet: IpPacket = { network, transport, application, payload, payloadLength };
    return [...layers, ...this.#packetLayers(packet, this.#bases)];
  }

  #one(protocol: string, make: () => Layer): Layer[] {
    return this.#wants(protocol) ? [make()] : [];
  }

  #link(link: Link): Layer[] {
    const [view, length] = [this.#view, this.#packet.length];
    if (link.kind === 'cooked') return this.#one('sll', () => cookedLayer(view, length, link));
    if (link.kind === 'loopback') return this.#one('null', () => loopbackLayer(view, length, link));
    return [
      ...this.#one('eth', () => ethernetLayer(view, this.#packet, link)),
      ...(this.#wants('vlan') || this.#wants('ieee8021ad')
        ? link.vlans
            .map((vlan) =>
              vlanLayer(view, length, vlan, vlan === link.vlans.at(-1) ? behindPadding(view, this.#packet) : undefined),
            )
            .filter(({ protocol }) => this.#wants(protocol))
        : []),
      ...(link.llc === undefined ? [] : this.#llc(link.llc)),
    ];
  }

  #llc(llc: NonNullable<Extract<Link, { kind: 'ethernet' }>['llc']>): Layer[] {
    const { stp } = llc;
    return [
      ...this.#one('llc', () => llcLayer(this.#view, this.#packet.length, llc)),
      ...(stp === undefined ? [] : this.#one('stp', () => stpLayer(this.#view, this.#packet.length, stp))),
    ];
  }

  #packetLayers(packet: IpPacket, bases: Bases): Layer[] {
    const { network, transport, application, payload } = packet;
    const [view, end] = [this.#view, payload.at + payload.length];
    const layers = [
      ...(network.kind === 'ipv4'
        ? this.#one('ip', () => ipv4Layer(view, end, network))
        : this.#one('ipv6', () => ipv6Layer(view, end, network))),
      ...(transport === undefined ? [] : this.#transport(transport, packet, bases)),
    ];
    if (application?.kind === 'dns') return [...layers, ...this.#one('dns', () => dnsLayer(view, end, application))];
    if (application?.kind === 'dhcp') return [...layers, ...this.#one('dhcp', () => dhcpLayer(view, end, application))];
    return transport?.kind === 'icmp'
      ? [...layers, ...this.#messageData(transport, layers)]
      : [...layers, ...this.#data(payload, transport?.kind)];
  }

  #transport(transport: Transport, { payload, payloadLength }: IpPacket, { seq, ack }: Bases): Layer[] {
    const [view, end] = [this.#view, payload.at + payload.length];
    switch (transport.kind) {
      case 'tcp':
        return this.#one('tcp', () =>
          tcpLayer(view, end, transport, { seqBase: seq, ackBase: ack, length: payloadLength, payload }),
        );
      case 'udp':
        return this.#one('udp', () => udpLayer(view, end, transport, payload));
      case 'ports': {
        const make = transport.protocol === 'TCP' ? tcpPortsLayer : udpPortsLayer;
        return this.#one(transport.protocol.toLowerCase(), () => make(view, end, transport));
      }
      case 'icmp': {
        const quoted = transport.quoted === undefined ? [] : this.#packetLayers(transport.quoted, { seq: 0, ack: 0 });
        if (!this.#wants(transport.isV6 ? 'icmpv6' : 'icmp')) return quoted;
        return [transport.isV6 ? icmpv6Layer(view, end, transport, quoted) : icmpLayer(view, end, transport, quoted)];
      }
    }
  }

  /** What an ICMP message carries behind what its fields say: the echo's data. */
  #messageData({ isV6, quoted }: Extract<Transport, { kind: 'icmp' }>, layers: readonly Layer[]): Layer[] {
    const header = layers.at(-1);
    if (quoted !== undefined || header?.protocol !== (isV6 ? 'icmpv6' : 'icmp')) return [];
    const { payload } = this.#packet;
    const [at, end] = [header.at + header.length, payload.at + payload.length];
    return this.#data({ at, length: Math.max(end - at, 0) });
  }

  #data(span: Span, kind?: Transport['kind']): Layer[] {
    return span.length > 0
      ? this.#one('data', () => dataLayer(this.#view, span, kind === 'tcp' || kind === 'udp' ? '5-7' : ''))
      : [];
  }
}
