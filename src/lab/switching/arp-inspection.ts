/** Dynamic ARP inspection: a switch that looks into ARP, and lets nobody claim an address that is not theirs. */
import type { Packet } from '../../stack/bytes/packet.ts';
import * as arp from '../../stack/wire/arp.ts';
import * as ethernet from '../../stack/wire/ethernet.ts';
import { formatV4, parseV4 } from '../../stack/wire/ip-address.ts';
import type { MacAddress } from '../../stack/wire/mac-address.ts';
import { format, parse } from '../../stack/wire/mac-address.ts';
import { VLAN_TAG } from '../frame-length.ts';

export class ArpInspection {
  readonly #owners = new Map<number, MacAddress>();

  /** @throws RangeError when an address cannot be read */
  constructor(of: string, bindings: Readonly<Record<string, string>>) {
    for (const [address, owner] of Object.entries(bindings)) {
      const ip = parseV4(address);
      const mac = parse(owner);
      if (ip === undefined) throw new RangeError(`${of}: "${address}" is not an IPv4 address such as 10.0.0.1`);
      if (mac === undefined) throw new RangeError(`${of}: "${owner}" is not a MAC address such as 02:00:0a:00:00:01`);
      this.#owners.set(ip, mac);
    }
  }

  /** @returns what an ARP frame claims without right, such as "10.0.0.254"; empty when nothing is wrong with the frame */
  lieIn({ view, start, end }: Packet, isTagged: boolean): string {
    const at = start + ethernet.HEADER + (isTagged ? VLAN_TAG : 0);
    if (at > end || view.getUint16(at - 2) !== ethernet.TYPE_ARP) return '';
    if (!arp.isValid(view, at, end)) return 'nothing that can be read';
    const sender = arp.senderIp(view, at);
    const mac = arp.senderMac(view, at);
    if (mac !== ethernet.source(view, start)) return `${formatV4(sender)} at ${format(mac)}`;
    // RFC 5227 §1.1: a probe asks without claiming
    if (sender === 0 || this.#owners.get(sender) === mac) return '';
    return formatV4(sender);
  }
}
