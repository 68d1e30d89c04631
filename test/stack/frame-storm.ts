/** Frames that nobody should send: valid ones in the middle of real conversations, bent in every way, and noise in valid headers. */
import * as checksum from '../../src/stack/bytes/checksum.ts';
import type { Random } from '../../src/stack/random.ts';
import { nextBelow } from '../../src/stack/random.ts';
import * as ethernet from '../../src/stack/wire/ethernet.ts';
import * as ip from '../../src/stack/wire/ipv4.ts';
import { BROADCAST } from '../../src/stack/wire/mac-address.ts';
import * as tcp from '../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, macOf, tcpFrame } from '../capture/frames.ts';
import { fragmentsOf, icmpMessage, ipFrame, packetOf, udpMessage, viewOf } from '../station.ts';

const SOURCES = [A, A, A, '10.0.0.3', '10.0.0.77', '192.0.2.1', '0.0.0.0', B, '255.255.255.255', '224.0.0.9', '127.0.0.1'];
const TARGETS = [B, B, B, B, B, B, '10.0.0.255', '255.255.255.255', '224.0.0.1', '10.0.0.9', '127.0.0.1'];
const KEPT = 64;

export class FrameStorm {
  readonly #random: Random;
  /** Frames of the stack, lately: what its correspondents would answer. */
  readonly #seen: Uint8Array[] = [];
  readonly #makers: readonly (() => Uint8Array)[];

  constructor(random: Random) {
    this.#random = random;
    const honest = [
      () => this.#syn(),
      () => this.#answer(),
      () => this.#answer(),
      () => this.#answer(),
      () => this.#errorAboutUs(),
    ];
    const known = [() => this.#echo(), () => this.#datagram(), () => this.#fragment(), () => this.#arp()];
    const noisy = [() => this.#noisyTcp(), () => this.#noisyIcmp(), () => this.#noisyIp(), () => this.bytes(this.below(1514))];
    this.#makers = [...honest, ...known, ...noisy];
  }

  below(limit: number): number {
    return nextBelow(this.#random, limit);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** The stack has sent this: answers and errors will be about it. */
  saw(frame: Uint8Array): void {
    if (this.#seen.length < KEPT) this.#seen.push(frame);
    else this.#seen[this.below(KEPT)] = frame;
  }

  next(): Uint8Array {
    const frame = this.#pick(this.#makers)();
    return this.below(3) === 0 ? this.#bent(frame) : frame;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** A few bytes changed, cut off or added; often with checksums made right again, so that it gets further. */
  #bent(frame: Uint8Array): Uint8Array {
    const cut = this.below(4) === 0 ? frame.slice(0, this.below(frame.length + 1)) : frame.slice();
    const bent = this.below(8) === 0 ? Uint8Array.from([...cut, ...this.bytes(this.below(60))]) : cut;
    for (let i = this.below(6); i > 0 && bent.length > 0; i--) bent[this.below(Math.min(bent.length, 80))] = this.below(256);
    return this.below(2) === 0 ? repaired(bent) : bent;
  }

  #syn(): Uint8Array {
    return tcpFrame({
      from: this.#pick([A, '10.0.0.3', '192.0.2.1']),
      sourcePort: 1024 + this.below(300),
      flags: tcp.SYN,
      ...this.#shape(),
    });
  }

  #shape(): { readonly seq: number; readonly window: number } {
    return { seq: this.below(2 ** 31), window: this.below(65_536) };
  }

  /** A segment of the correspondent of something that the stack sent: often one that continues the conversation. */
  #answer(): Uint8Array {
    const frame = this.#seenTcp();
    if (frame === undefined) return this.#syn();
    const [view, at] = [viewOf(frame), 34];
    const segment = new tcp.Segment();
    tcp.decode(view, at, 14 + ip.totalLength(view, 14), segment);
    const nearly = (): number => (this.below(4) === 0 ? this.below(5000) - 2500 : 0);
    const flags = this.#pick([
      tcp.ACK,
      tcp.ACK,
      tcp.ACK,
      tcp.ACK | tcp.FIN,
      tcp.ACK | tcp.RST,
      tcp.RST,
      tcp.ACK | tcp.SYN,
      tcp.ACK | tcp.SYN,
      tcp.SYN,
      0,
    ]);
    return tcpFrame({
      from: addressAt(view, 30),
      to: addressAt(view, 26),
      sourcePort: segment.destinationPort,
      destinationPort: segment.sourcePort,
      flags,
      seq: segment.ack + nearly(),
      ack: segment.seq + segment.length + nearly(),
      window: this.below(65_536),
      payload: this.bytes(this.#pick([0, 0, 1, 100, 1448])),
      segment:
        this.below(2) === 0
          ? { hasTimestamps: true, tsValue: this.below(2 ** 31), tsEcho: segment.tsValue }
          : { mss: this.below(3000) },
    });
  }

  #seenTcp(): Uint8Array | undefined {
    const frame = this.#pick(this.#seen.length === 0 ? [undefined] : this.#seen);
    return frame !== undefined && isIp(frame) && ip.protocol(viewOf(frame), 14) === 6 && !ip.isFragment(viewOf(frame), 14)
      ? frame
      : undefined;
  }

  /** An ICMP error that quotes something that the stack has sent. */
  #errorAboutUs(): Uint8Array {
    const frame = this.#pick(this.#seen.length === 0 ? [undefined] : this.#seen);
    const quote = frame !== undefined && isIp(frame) ? packetOf(frame).subarray(0, 28 + this.below(60)) : this.bytes(40);
    const message = icmpMessage(
      this.#pick([3, 3, 3, 4, 5, 11, 12]),
      this.below(16),
      this.#pick([0, 296, 552, 1000, 1400, this.below(2 ** 31)]),
      quote,
    );
    return ipFrame({ from: this.#pick(['10.0.0.254', A, '192.0.2.1']), protocol: 1, payload: message });
  }

  #echo(): Uint8Array {
    const payload = icmpMessage(this.#pick([8, 8, 0, 13, 17]), 0, this.below(2 ** 31), this.bytes(this.below(100)));
    return ipFrame({
      ...this.#ends(),
      protocol: 1,
      payload,
      options: this.#pick([[], [], [1, 1, 1, 0], [7, 7, 4, 0, 0, 0, 0, 0]]),
    });
  }

  #datagram(): Uint8Array {
    return ipFrame({
      ...this.#ends(),
      payload: udpMessage(this.below(65_536), this.#pick([53, 53, 67, 9]), this.bytes(this.below(300))),
    });
  }

  #fragment(): Uint8Array {
    const payload = this.#pick([icmpMessage(8, 0, 1, this.bytes(900)), udpMessage(1, 53, this.bytes(700)), this.bytes(800)]);
    const protocol = this.#pick([1, 17, 6]);
    const frames = fragmentsOf(
      { ...this.#ends(), protocol, payload, identification: this.below(40) },
      this.#pick([8, 200, 256, 400]),
    );
    return this.#pick(frames);
  }

  #arp(): Uint8Array {
    const sender = this.#pick([A, '10.0.0.3', `10.0.${this.below(4)}.${this.below(256)}`, B, '0.0.0.0']);
    return arpFrame(this.#pick([1, 1, 2, 3]), sender, this.#pick([B, B, A, sender]), this.#pick([sender, A, '10.0.0.3']));
  }

  /** Random options and flags behind a valid four-tuple, with a right checksum. */
  #noisyTcp(): Uint8Array {
    const header = this.bytes(20 + 4 * this.below(11) + this.below(50));
    const view = viewOf(header);
    view.setUint16(0, 1024 + this.below(300));
    view.setUint16(2, this.#pick([80, 80, 81]));
    if (this.below(10) > 0) view.setUint8(12, (5 + this.below(11)) << 4);
    const optionsAt = 20 + this.below(Math.max(1, header.length - 22));
    if (optionsAt + 1 < header.length)
      header.set([this.#pick([2, 3, 4, 5, 8]), this.#pick([0, 1, 2, 3, 4, 10, 34, 255])], optionsAt);
    return repaired(ipFrame({ from: this.#pick(SOURCES), protocol: 6, payload: header }));
  }

  #noisyIcmp(): Uint8Array {
    const payload = icmpMessage(this.below(20), this.below(6), this.below(2 ** 31), this.bytes(this.below(100)));
    return ipFrame({ ...this.#ends(), protocol: 1, payload });
  }

  #noisyIp(): Uint8Array {
    const options = [...this.bytes(4 * this.below(11))];
    const protocol = this.#pick([1, 6, 17, this.below(256)]);
    return repaired(
      ipFrame({ ...this.#ends(), protocol, options, payload: this.bytes(this.below(200)), trailer: this.below(20) }),
    );
  }

  #ends(): { readonly from: string; readonly to: string; readonly mac: ReturnType<typeof macOf> } {
    return { from: this.#pick(SOURCES), to: this.#pick(TARGETS), mac: this.#pick([macOf(B), macOf(B), macOf(B), BROADCAST]) };
  }
}

const isIp = (frame: Uint8Array): boolean => frame.length >= 42 && ethernet.etherType(viewOf(frame), 0) === ethernet.TYPE_IPV4;
const addressAt = (view: DataView, at: number): string => [0, 1, 2, 3].map((i) => view.getUint8(at + i)).join('.');

/** Makes the checksums right wherever that is possible, in place. */
function repaired(frame: Uint8Array): Uint8Array {
  const [view, at] = [viewOf(frame), ethernet.HEADER];
  if (!isIp(frame) || !ip.isValid(view, at, frame.length)) return frame;
  ip.updateChecksum(view, at);
  const [from, end] = [at + ip.headerLength(view, at), at + ip.totalLength(view, at)];
  const place: Record<number, number> = { 1: 2, 6: 16, 17: 6 };
  const protocol = ip.protocol(view, at);
  const field = place[protocol];
  if (field === undefined || from + field + 2 > end) return frame;
  view.setUint16(from + field, 0);
  const pseudo = protocol === 1 ? 0 : checksum.pseudoHeader(ip.source(view, at), ip.destination(view, at), protocol, end - from);
  view.setUint16(from + field, checksum.finish(checksum.add(view, from, end, pseudo)));
  return frame;
}
