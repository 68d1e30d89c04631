/** A packet that the script expects: wait for it, put its pieces together, compare. */
import type { Micros } from '../../stack/time.ts';
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import { ACK, FIN, PSH } from '../../stack/wire/tcp.ts';
import type { EventTime, Icmp, PacketAction, Tcp } from '../script/ast.ts';
import { printBody } from '../script/print.ts';
import { Unsupported } from '../unsupported.ts';
import type { Emission, TcpHeader } from '../wire/emission.ts';
import { namesOf } from '../wire/icmp-names.ts';
import { wrongAt } from '../wire/payload.ts';
import type { Comparison } from './compare.ts';
import { compareIp, compareTcp, compareText, merge } from './compare.ts';
import type { Flow } from './flow.ts';
import { timestampOf } from './flow.ts';
import type { Session } from './session.ts';
import { PATIENCE, seconds } from './session.ts';
import type { Level, Row } from './verdict.ts';
import { Failed } from './verdict.ts';

/** L3: how late a pure acknowledgment may come. */
const LATE_ACK: Micros = 200 * MILLISECOND;
/** How long behind its time a packet is waited for, only to say by how much it missed. */
const CURIOSITY: Micros = 10 * SECOND;

interface Window {
  readonly from: Micros;
  readonly to: Micros;
}

export function expectPacket(session: Session, action: PacketAction, time: EventTime): Micros {
  const { body } = action;
  if (body.kind === 'foreign') throw new Unsupported(`packets of ${body.name}`);
  if (body.kind === 'tcp' && body.udp !== undefined) throw new Unsupported('TCP in UDP');
  const window = windowOf(session, time);
  for (;;) {
    const first = take(session, action, window);
    const flow = session.flows.forOutbound(action, first);
    if (first.transport.kind === 'tcp' && body.kind === 'tcp') {
      if (matchTcp(session, action, body, first, flow, window)) break;
    } else {
      matchOther(session, action, first, window);
      break;
    }
  }
  return Math.min(window.from, session.sut.now);
}

/** When the packet may come. */
function windowOf(session: Session, time: EventTime): Window {
  if (time.kind === 'any') return { from: 0, to: session.sut.now + PATIENCE };
  const { from, to } = session.due(time, false);
  const tolerance = session.toleranceFor(to);
  return { from: from - tolerance, to: to + tolerance };
}

/** The oldest packet that the line may be about; waits for one. */
function take(session: Session, action: PacketAction, window: Window): Emission {
  const find = (): number => session.unread.findIndex((emission) => session.flows.mayBe(action, emission));
  const slack = session.settings.maxLevel >= 3 && isPureAckLine(action) ? LATE_ACK : 0;
  const deadline = Math.max(window.to + slack, session.sut.now);
  const isThere = (): boolean => find() >= 0;
  if (!session.advance(deadline, isThere)) session.advance(deadline + CURIOSITY, isThere);
  const index = find();
  if (index < 0)
    throw new Failed(
      'packet',
      printBody(action.body),
      `nothing by ${seconds(session.relative(deadline))}, nor until ${seconds(session.elapsed)}`,
    );
  for (const skipped of session.unread.slice(0, index)) session.warnings.push(ignoredWords(session, skipped));
  const [emission] = session.unread.splice(0, index + 1).slice(-1);
  if (emission === undefined) throw new RangeError('findIndex found what is not there');
  return emission;
}

const ignoredWords = (session: Session, { at, note }: Emission): string =>
  `a packet of another connection at ${seconds(session.relative(at))} was passed over${note === '' ? '' : ` (${note})`}`;

const isPureAckLine = ({ body }: PacketAction): boolean => body.kind === 'tcp' && body.flags === ACK && body.seq.length === 0;

/** @returns false when the packet was one that L3 passes over: the line is still to be met */
function matchTcp(
  session: Session,
  action: PacketAction,
  expected: Tcp,
  first: Emission,
  flow: Flow | undefined,
  window: Window,
): boolean {
  if (flow === undefined || first.transport.kind !== 'tcp') throw new RangeError('a TCP packet without a connection');
  flow.learn(first.transport, expected);
  const { header, length, pieces } = collect(session, expected, first, first.transport, flow, window);
  const actual = flow.toScript(header, length, expected.seq.kind === 'range' && expected.seq.absolute);
  const compared = merge(
    compareIp(action.ip, first.ip),
    compareTcp(expected, actual, flow.shrinks(header)),
    compareClock(session, expected, header, flow),
  );
  if (isSurplusAck(session, compared, expected, actual)) {
    session.needed = 3;
    return false;
  }
  judge(session, compared, first, window, isPureAckLine(action));
  for (const piece of pieces) checkPayload(flow, piece);
  return true;
}

/** --tcp_ts_tick_usecs: the host's clock goes as the script's does, from the first value on and within the tolerance. */
function compareClock({ settings }: Session, expected: Tcp, { options }: TcpHeader, { timestamps }: Flow): Comparison {
  const script = expected.options === 'any' ? undefined : timestampOf(expected.options)?.val;
  const live = timestampOf(options)?.val;
  if (settings.timestampTick === 0 || script === undefined || live === undefined) return NOTHING_TO_COMPARE;
  const stack = timestamps.byClock(live);
  const off = Math.abs((stack - script) | 0) * settings.timestampTick;
  return compareText('TS val', String(script), String(off <= settings.tolerance ? script : stack));
}

const NOTHING_TO_COMPARE: Comparison = { rows: [], level: 0 };

/** L3: a pure acknowledgment that says no more than what is expected next. */
function isSurplusAck({ settings }: Session, { level }: Comparison, expected: Tcp, actual: Tcp): boolean {
  const isPure = actual.flags === ACK && actual.seq.length === 0;
  return settings.maxLevel >= 3 && level === undefined && isPure && ((expected.ack ?? 0) - (actual.ack ?? 0)) >> 0 >= 0;
}

/**
 * One expected segment may be several on the wire, as a card that cuts segments would send it: equal in size except the last,
 * which has FIN and PSH; everything else is taken from the first.
 */
function collect(session: Session, expected: Tcp, first: Emission, header: TcpHeader, flow: Flow, window: Window) {
  const pieces = [first];
  let length = first.payloadLength;
  let last = header;
  const wanted = expected.seq.length;
  while (!session.settings.strictSegments && length > 0 && length < wanted) {
    const next = nextPiece(session, flow, (header.seq + length) >>> 0, window);
    const isTail = length + (next?.payloadLength ?? 0) === wanted;
    if (next === undefined || next.payloadLength > first.payloadLength || next.payloadLength === 0) break;
    if (!isTail && next.payloadLength !== first.payloadLength) break;
    session.unread.splice(session.unread.indexOf(next), 1);
    pieces.push(next);
    length += next.payloadLength;
    if (next.transport.kind === 'tcp') last = next.transport;
  }
  const flags = (header.flags & ~(FIN | PSH)) | (last.flags & (FIN | PSH));
  return { header: { ...header, flags }, length, pieces };
}

/** The oldest unread segment of the connection, if it goes on where the pieces end. */
function nextPiece(session: Session, flow: Flow, seq: number, window: Window): Emission | undefined {
  const find = (): Emission | undefined =>
    session.unread.find((emission) => flow.isOf(emission) && emission.transport.kind === 'tcp');
  session.advance(Math.max(window.to, session.sut.now), () => find() !== undefined);
  const next = find();
  return next?.transport.kind === 'tcp' && next.transport.seq === seq ? next : undefined;
}

function matchOther(session: Session, action: PacketAction, emission: Emission, window: Window): void {
  const { body } = action;
  const { transport, payloadLength, bytes, payloadAt } = emission;
  const ip = compareIp(action.ip, emission.ip);
  if (body.kind === 'udp') {
    judge(session, merge(ip, compareText('length', String(body.length), String(payloadLength))), emission, window, false);
    const wrong = wrongAt('out', 0, bytes, payloadAt, payloadAt + payloadLength);
    if (wrong >= 0) throw new Failed('payload', 'the bytes that were written', `another byte at ${wrong}`);
  } else if (body.kind === 'icmp' && transport.kind === 'icmp') {
    const names = namesOf(transport.type, transport.code);
    const mtu = names.code === 'frag_needed' ? transport.rest & 0xffff : undefined;
    const actual: Icmp = { ...body, type: names.type, code: names.code, mtu };
    const expected: Icmp = { ...body, quoted: undefined };
    judge(
      session,
      merge(ip, compareText('icmp', printBody(expected), printBody({ ...actual, quoted: undefined }))),
      emission,
      window,
      false,
    );
  }
}

/** Time and fields against the level that is asked for. */
function judge(session: Session, { rows, level }: Comparison, emission: Emission, window: Window, isPureAck: boolean): void {
  const time = timeRow(session, emission.at, window, isPureAck);
  const { maxLevel } = session.settings;
  const all: Row[] = [time.row, ...rows];
  const needed = Math.max(level ?? 4, time.level ?? 4);
  if (needed <= maxLevel) {
    session.needed = Math.max(session.needed, needed) as Level;
    return;
  }
  // what kernel engineers look at first: a wrong packet at a wrong time is a wrong packet
  const culprit = rows.find(({ differs, forgivenAt = 4 }) => differs && forgivenAt > maxLevel) ?? time.row;
  throw new Failed(culprit.field, culprit.script, culprit.stack, [...all, reasonRow(emission.note)]);
}

const reasonRow = (note: string): Row => ({
  field: 'reason',
  script: '',
  stack: note === '' ? '(none given)' : note,
  differs: false,
  forgivenAt: 0,
});

function timeRow(session: Session, at: Micros, { from, to }: Window, isPureAck: boolean): { row: Row; level: Level | undefined } {
  const isLate = at > to;
  const level: Level | undefined = at < from ? undefined : !isLate ? 0 : isPureAck && at <= to + LATE_ACK ? 3 : undefined;
  const script = from === 0 ? 'any time' : `${seconds(session.relative(from))} to ${seconds(session.relative(to))}`;
  return { row: { field: 'time', script, stack: seconds(session.relative(at)), differs: level !== 0, forgivenAt: level }, level };
}

/** Bytes on the wire are those that the application wrote at that place of the stream. */
function checkPayload(flow: Flow, { transport, bytes, payloadAt, payloadLength }: Emission): void {
  if (transport.kind !== 'tcp' || payloadLength === 0 || flow.localIsn === undefined) return;
  const place = flow.placeOf(transport);
  const wrong = wrongAt('out', place, bytes, payloadAt, payloadAt + payloadLength);
  if (wrong >= 0)
    throw new Failed('payload', 'the bytes that the application wrote', `another byte at place ${place + wrong} of the stream`);
}
