/** From the capture's numbers to the live ones and back: ports, sequence and acknowledgment numbers, SACK blocks, timestamps. */
import * as icmp from '../stack/wire/icmpv4.ts';
import * as ipv4 from '../stack/wire/ipv4.ts';
import * as tcp from '../stack/wire/tcp.ts';
import type { Facts } from './facts.ts';
import { completeChecksum } from './recorded.ts';
import type { TimestampMap } from './translate/timestamp-map.ts';

/** How far the numbers of one conversation are apart. */
export interface Translation {
  /** What the host's end is called live: a port, or the identifier of a ping. */
  readonly livePort: number;
  readonly recordedPort: number;
  /** Live less recorded, modulo 2^32, of the host's sequence numbers. */
  readonly shift: number;
  readonly timestamps: TimestampMap;
}

const SACK = 5;
const TIMESTAMPS = 8;

/** A frame of the peer, in place. The checksums are complete afterwards. */
export function toLive(facts: Facts, by: Translation): void {
  const { kind, view, transport } = facts;
  if (kind === 'tcp') {
    view.setUint16(transport + 2, by.livePort);
    if (tcp.flags(view, transport) & tcp.ACK) view.setInt32(transport + 8, tcp.acknowledgment(view, transport) + by.shift);
    eachOption(facts, (option, at) => {
      if (option === SACK) moveBlocks(view, at, by.shift);
      else if (option === TIMESTAMPS) view.setUint32(at + 6, by.timestamps.liveEcho(view.getUint32(at + 6)));
    });
  } else if (kind === 'udp') view.setUint16(transport + 2, by.livePort);
  else if (kind === 'echo' && by.livePort !== by.recordedPort) view.setUint16(transport + 4, by.livePort);
  completeChecksum(facts);
}

/** A frame of the stack, in place. */
export function toRecorded(facts: Facts, by: Translation): void {
  const { kind, view, transport } = facts;
  if (kind === 'tcp') {
    view.setUint16(transport, by.recordedPort);
    view.setInt32(transport + 4, tcp.sequence(view, transport) - by.shift);
    eachOption(facts, (option, at) => {
      if (option === TIMESTAMPS) view.setUint32(at + 2, by.timestamps.byClock(view.getUint32(at + 2)));
    });
  } else if (kind === 'udp') view.setUint16(transport, by.recordedPort);
  else if (kind === 'echo') view.setUint16(transport + 4, by.recordedPort);
  completeChecksum(facts);
}

/** An ICMP error about a packet of the host: what it quotes, in place. */
export function quotedToLive(facts: Facts, by: Translation): void {
  const quoted = quotedTransport(facts);
  if (quoted === undefined) return;
  facts.view.setUint16(quoted.at, by.livePort);
  if (quoted.protocol === ipv4.PROTOCOL_TCP) facts.view.setInt32(quoted.at + 4, facts.view.getInt32(quoted.at + 4) + by.shift);
  completeChecksum(facts);
}

export interface Quoted {
  readonly protocol: number;
  /** Of the quoted transport header, of which eight bytes are there. */
  readonly at: number;
  readonly source: number;
  readonly destination: number;
}

/** The packet that an ICMP error is about; undefined where there is none, or too little of it. */
export function quotedTransport({ kind, view, transport, payload, end }: Facts): Quoted | undefined {
  if (kind !== 'icmp' || !icmp.isError(icmp.type(view, transport)) || end - payload < ipv4.HEADER) return undefined;
  const at = payload + ipv4.headerLength(view, payload);
  const protocol = ipv4.protocol(view, payload);
  const hasPorts = protocol === ipv4.PROTOCOL_TCP || protocol === ipv4.PROTOCOL_UDP;
  if (!hasPorts || ipv4.headerLength(view, payload) < ipv4.HEADER || at + 8 > end) return undefined;
  return { protocol, at, source: ipv4.source(view, payload), destination: ipv4.destination(view, payload) };
}

function moveBlocks(view: DataView, at: number, shift: number): void {
  const end = at + view.getUint8(at + 1);
  for (let edge = at + 2; edge + 4 <= end; edge += 4) view.setInt32(edge, view.getInt32(edge) + shift);
}

/** Calls `visit` with each option that is whole and as long as it should be. */
function eachOption({ view, transport, payload }: Facts, visit: (option: number, at: number) => void): void {
  for (let at = transport + tcp.HEADER; at + 1 < payload; ) {
    const option = view.getUint8(at);
    if (option === 0) return;
    const length = option === 1 ? 1 : view.getUint8(at + 1);
    if (length === 0 || at + length > payload) return;
    const isWhole = option === SACK ? length % 8 === 2 : option === TIMESTAMPS ? length === 10 : false;
    if (isWhole) visit(option, at);
    at += length;
  }
}
