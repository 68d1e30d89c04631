/** The stack's options as the capture shows them: what the host's SYNs offered, so that the comparison is a fair one. */

import { shiftOf } from '../stack/tcp/open/handshake.ts';
import type { TcpOptions } from '../stack/tcp/options.ts';
import { DEFAULTS } from '../stack/tcp/options.ts';
import * as tcp from '../stack/wire/tcp.ts';
import type { Conversation, Offer } from './conversation.ts';
import { tcpAck, tcpFlags } from './facts.ts';
import type { Recording } from './recording.ts';

export interface Fitted {
  /** Of the host's interface, from the MSS of its SYNs. */
  readonly mtu: number;
  /** Only what differs from the stack's defaults. */
  readonly tcp: Partial<TcpOptions>;
}

/** MSS and MTU differ by IPv4 and TCP header without options. */
const HEADERS = 40;
const DEFAULT_MTU = 1500;
/** RFC 791: the least that every link carries. */
const LEAST_MTU = 68;

type Changes = { -readonly [K in keyof TcpOptions]?: TcpOptions[K] };

/** @param asStreams of another implementation the windows are not to be repeated, and nothing may keep text back */
export function fitTo({ conversations }: Recording, asStreams: boolean): Fitted {
  const spoken = conversations.filter(({ kind, hostOffer }) => kind === 'tcp' && hostOffer !== undefined);
  const mss = Math.max(...spoken.map(({ hostOffer }) => hostOffer!.mss));
  const mtu = Number.isFinite(mss) && mss > 0 ? Math.max(mss + HEADERS, LEAST_MTU) : DEFAULT_MTU;
  const [first] = spoken;
  if (first === undefined) return { mtu, tcp: {} };
  const tcpOptions = fitTcp(first, spoken);
  return { mtu, tcp: asStreams ? { ...tcpOptions, ...fitStreams(spoken) } : tcpOptions };
}

/** What one connection asks for beside, where its SYN differs from the others'. */
export function fitConversation({ hostOffer }: Conversation, mtu: number): Partial<TcpOptions> {
  const mss = hostOffer?.mss ?? 0;
  return mss > 0 && mss < mtu - HEADERS ? { maxSegment: mss } : {};
}

function fitTcp(first: Conversation, all: readonly Conversation[]): Changes {
  const changes: Changes = {};
  const offer = first.hostOffer!;
  // an answer leaves out what was not offered: then it says nothing
  const mayHave = (has: (peer: Offer) => boolean): boolean =>
    first.hostOpens || first.peerOffer === undefined || has(first.peerOffer);
  if (!offer.timestamps && mayHave(({ timestamps }) => timestamps)) changes.timestamps = false;
  if (!offer.sack && mayHave(({ sack }) => sack)) changes.sack = false;
  if (offer.shift < 0 && mayHave(({ shift }) => shift >= 0)) changes.windowScale = false;
  fitEcn(first, changes);
  fitWindow(first, all, changes);
  return changes;
}

/** RFC 3168 §6.1.1: a SYN with ECE and CWR asks, a SYN-ACK with ECE agrees. */
function fitEcn({ hostOpens, hostOffer, peerOffer }: Conversation, changes: Changes): void {
  const both = tcp.ECE | tcp.CWR;
  if (hostOpens && (hostOffer!.flags & both) === both) changes.ecn = 'on';
  const wasAsked = ((peerOffer?.flags ?? 0) & both) === both;
  if (!hostOpens && wasAsked && (hostOffer!.flags & tcp.ECE) === 0) changes.ecn = 'off';
}

/** The buffer, from the first windows; how far it may grow, from the shift that was chosen for it. */
function fitWindow(first: Conversation, all: readonly Conversation[], changes: Changes): void {
  const { shift, window } = first.hostOffer!;
  const isUsual = shift < 0 || shift === shiftOf(DEFAULTS);
  if (!isUsual) changes.habits = { ...DEFAULTS.habits, windowShift: shift };
  const buffer = Math.max(window, firstEdge(first) ?? 0);
  const unit = 2 ** Math.max(shift, 0);
  const isDefault = Math.abs(buffer - DEFAULTS.receiveBuffer) <= unit;
  if (!isDefault) changes.receiveBuffer = buffer;
  if (isUsual && isDefault) return;
  const largest = Math.max(buffer, ...all.map(largestWindow));
  if (!isUsual || buffer > DEFAULTS.maxReceiveBuffer)
    changes.maxReceiveBuffer = largest + unit > buffer * 2 ? largest + unit - 1 : largest;
}

/** The largest window from the beginning on, and none of congestion: how fast text leaves is not what is compared. */
const fitStreams = (all: readonly Conversation[]): Changes => ({
  receiveBuffer: Math.max(DEFAULTS.receiveBuffer, ...all.map(largestWindow)),
  maxReceiveBuffer: Math.max(DEFAULTS.maxReceiveBuffer, ...all.map(largestWindow)),
  congestionControl: 'unlimited',
});

const scaleOf = ({ hostOffer, peerOffer }: Conversation): number =>
  (hostOffer?.shift ?? -1) >= 0 && (peerOffer?.shift ?? -1) >= 0 ? 2 ** Math.min(hostOffer!.shift, 14) : 1;

/** How far behind the peer's SYN the first scaled window reaches: the whole buffer, read or not. */
function firstEdge(conversation: Conversation): number | undefined {
  const { peerOffer, frames } = conversation;
  const frame = frames.find(({ isHosts, facts }) => isHosts && (tcpFlags(facts) & (tcp.SYN | tcp.ACK | tcp.RST)) === tcp.ACK);
  if (frame === undefined || peerOffer === undefined) return undefined;
  const read = (tcpAck(frame.facts) - peerOffer.isn - 1) >>> 0;
  const edge = read + tcp.window(frame.facts.view, frame.facts.transport) * scaleOf(conversation);
  return read > 0xffff ? undefined : edge;
}

function largestWindow(conversation: Conversation): number {
  let largest = 0;
  for (const { isHosts, facts } of conversation.frames) {
    if (!isHosts || (tcpFlags(facts) & (tcp.SYN | tcp.RST)) !== 0) continue;
    largest = Math.max(largest, tcp.window(facts.view, facts.transport) * scaleOf(conversation));
  }
  return largest;
}
