/** What an ARP frame taught us. */
import type { Packet } from '../stack/bytes/packet.ts';
import type { DropReason } from '../stack/host/counters.ts';
import type { NetworkInterface } from '../stack/host/interface.ts';
import type { NeighborInfo } from '../stack/link/neighbor-table.ts';
import type { Micros } from '../stack/time.ts';
import * as arp from '../stack/wire/arp.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import { format } from '../stack/wire/mac-address.ts';
import { counted } from './words.ts';

export class ArpNews {
  /** Who sent the frame at hand, when it is ARP and says so. */
  #sender: { readonly ip: number; readonly mac: MacAddress } | undefined = undefined;
  #before: NeighborInfo | undefined = undefined;

  /** The frame has arrived. */
  before({ view, start, end }: Packet, from: NetworkInterface, now: Micros): void {
    this.#sender = undefined;
    if (!ethernet.isValid(start, end) || ethernet.etherType(view, start) !== ethernet.TYPE_ARP) return;
    const at = start + ethernet.HEADER;
    if (!arp.isValid(view, at, end)) return;
    this.#sender = { ip: arp.senderIp(view, at), mac: arp.senderMac(view, at) };
    this.#before = from.arp.neighbor(this.#sender.ip, now);
  }

  /** It is digested. */
  after(from: NetworkInterface, now: Micros, drop: DropReason | undefined): string[] {
    const sender = this.#sender;
    if (sender === undefined) return [];
    const address = formatV4(sender.ip);
    if (drop === 'ARP address conflict') return [`${format(sender.mac)} claims our ${address}`];
    if (drop !== undefined) return [];
    const [was, is] = [this.#before, from.arp.neighbor(sender.ip, now)];
    if (is === undefined || is.mac !== sender.mac) return [];
    const waited = was !== undefined && was.waiting > 0 ? [`${counted(was.waiting, 'packet')} waited for it`] : [];
    const isKnown = was !== undefined && (was.state === 'reachable' || was.state === 'stale' || was.state === 'probe');
    if (!isKnown) return [`learnt ${address} is at ${format(is.mac)}`, ...waited];
    if (was.mac !== is.mac) return [`${address} has moved to ${format(is.mac)} from ${format(was.mac)}`, ...waited];
    return was.state === 'reachable' ? [] : [`confirmed ${address} is at ${format(is.mac)}`];
  }
}
