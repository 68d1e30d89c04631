/** Where a capture was taken, and what that means: whose frames are whose, and when the host itself saw them. */
import type { CapturedInterface } from '../capture/file/capture-data.ts';
import { LINK_TYPE_ETHERNET } from '../capture/file/capture-data.ts';
import type { Direction, RecordedFrame } from '../capture/record/frame-sink.ts';
import type { Micros } from '../stack/time.ts';
import { MILLISECOND } from '../stack/time.ts';
import * as arp from '../stack/wire/arp.ts';
import * as ethernet from '../stack/wire/ethernet.ts';
import * as icmp from '../stack/wire/icmpv4.ts';
import { formatV4 } from '../stack/wire/ip-address.ts';
import type { MacAddress } from '../stack/wire/mac-address.ts';
import * as tcp from '../stack/wire/tcp.ts';
import { conversationOf, tcpFlags } from './facts.ts';
import type { Notes } from './notes.ts';
import type { Whole } from './recorded.ts';
import { makeWhole } from './recorded.ts';
import { ReplayError } from './replay-error.ts';

/** A frame with what the replay needs to order it. */
export interface Sighting extends Whole {
  readonly at: Micros;
  readonly isHosts: boolean;
}

export interface Vantage {
  readonly frames: readonly Sighting[];
  readonly hostMac: MacAddress;
  /** The host's own interface recorded it: the order of the frames is the order in which the host saw them. */
  readonly isHosts: boolean;
  /** From the place of the recording to the host. */
  readonly delay: Micros;
}

/** An answer that takes longer than this was recorded away from the host that gave it. */
const NEAR: Micros = 1 * MILLISECOND;

/**
 * @param delay from the place of the recording to the host; undefined: estimated
 * @throws ReplayError when the host is not in the capture, or the capture is not of Ethernet
 */
export function findVantage(
  frames: readonly RecordedFrame[],
  interfaces: readonly CapturedInterface[],
  host: number,
  delay: Micros | undefined,
  notes: Notes,
): Vantage {
  const whole = frames.map((frame, index) => ({ frame, whole: wholeFrame(frame, index + 1, interfaces, notes) }));
  const hosts = whole.filter((one) => isFromHost(one.whole, host));
  if (hosts.length === 0) throw new ReplayError(nobodyThere(whole, host));
  const { interfaceId, direction } = choosePlace(hosts.map(({ frame }) => frame));
  const hostMac = mostCommon(hosts.map(({ whole: one }) => ethernet.source(one!.facts.view, 0)));
  const here = whole.filter(({ frame }) => frame.interfaceId === interfaceId);
  const seen = here.flatMap(({ frame, whole: one }): Sighting[] => {
    if (one === undefined) return [];
    const isHosts =
      isFromHost(one, host) || (ethernet.isValid(0, one.bytes.length) && ethernet.source(one.facts.view, 0) === hostMac);
    return [{ ...one, at: frame.at, isHosts }];
  });
  const isHosts = direction === 'out';
  const away = delay ?? (isHosts ? 0 : estimateDelay(seen, host));
  if (away > 0) notes.say(`taken ${away / MILLISECOND} ms away from the host: times are moved to what the host saw`);
  return { frames: away === 0 ? seen : moved(seen, away), hostMac, isHosts, delay: away };
}

function wholeFrame(
  frame: RecordedFrame,
  number: number,
  interfaces: readonly CapturedInterface[],
  notes: Notes,
): Whole | undefined {
  const { linkType = LINK_TYPE_ETHERNET } = interfaces[frame.interfaceId] ?? {};
  if (linkType === LINK_TYPE_ETHERNET) return makeWhole(frame, number, notes);
  notes.about(number, `link type ${linkType}, not Ethernet: left out`);
  return undefined;
}

const isFromHost = (whole: Whole | undefined, host: number): boolean =>
  whole !== undefined && whole.facts.kind !== 'other' && whole.facts.source === host;

function nobodyThere(whole: readonly { readonly whole: Whole | undefined }[], host: number): string {
  const sources = whole.flatMap(({ whole: one }) =>
    one === undefined || one.facts.source === 0 ? [] : [formatV4(one.facts.source)],
  );
  const others = [...new Set(sources)].slice(0, 6);
  const there = others.length === 0 ? 'there is no IPv4 over Ethernet in it' : `those who do: ${others.join(', ')}`;
  return `${formatV4(host)} sends nothing in this capture; ${there}`;
}

/** The host's own interface if it was recorded; else the one where most of its frames passed. */
function choosePlace(frames: readonly RecordedFrame[]): { interfaceId: number; direction: Direction } {
  const places = frames.map(({ interfaceId, direction }) => `${direction === 'out' ? 1 : 0} ${interfaceId} ${direction}`);
  const own = places.filter((place) => place.startsWith('1'));
  const [, interfaceId, direction] = mostCommon(own.length > 0 ? own : places).split(' ');
  return { interfaceId: Number(interfaceId), direction: direction as Direction };
}

function mostCommon<T>(values: readonly T[]): T {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** What a host answers at once tells how far away it is: half of the shortest time that an answer took. */
function estimateDelay(frames: readonly Sighting[], host: number): Micros {
  let shortest: Micros = Number.POSITIVE_INFINITY;
  const asked = new Map<string, Micros>();
  for (const { facts, at, isHosts } of frames) {
    const key = conversationOf(facts, host);
    if (!isHosts && isQuestion(facts)) asked.set(answerKey(key, facts), at);
    else if (isHosts) {
      const since = asked.get(answerKey(key, facts));
      if (since !== undefined) shortest = Math.min(shortest, at - since);
      asked.delete(answerKey(key, facts));
    }
  }
  return shortest > NEAR && Number.isFinite(shortest) ? Math.floor(shortest / 2) : 0;
}

function isQuestion(facts: Sighting['facts']): boolean {
  const { kind, view, network, transport } = facts;
  if (kind === 'arp') return arp.operation(view, network) === arp.REQUEST;
  if (kind === 'echo') return icmp.type(view, transport) === icmp.ECHO_REQUEST;
  return kind === 'tcp' && (tcpFlags(facts) & tcp.SYN) !== 0;
}

/** A request and its reply have the same; TCP's conversation is enough. */
function answerKey(conversation: string, { kind, view, transport, source, destination }: Sighting['facts']): string {
  if (kind === 'arp') return `ARP ${Math.min(source, destination)} ${Math.max(source, destination)}`;
  return kind === 'echo' ? `${conversation} ${icmp.echoSequence(view, transport)}` : conversation;
}

/** What came from the host left it earlier, what goes there arrives later. */
function moved(frames: readonly Sighting[], by: Micros): Sighting[] {
  const shifted = frames.map((frame) => ({ ...frame, at: frame.isHosts ? frame.at - by : frame.at + by }));
  return shifted.sort((a, b) => a.at - b.at || a.number - b.number);
}
