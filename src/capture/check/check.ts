/** Holds a capture against rules, frame by frame: what each has found, in numbers that do not grow with the capture. */
import { ACK, FIN, RST, SYN } from '../../stack/wire/tcp.ts';
import type { CapturedFrame } from '../dissect/captured-frame.ts';
import type { Tcp } from '../dissect/dissected.ts';
import type { Demand, Opening, Part, Rule } from './rules.ts';

export interface Verdict {
  readonly rule: Rule;
  readonly passed: boolean;
  /** Numbers of frames that speak for it, or that should not be there: the first few. */
  readonly frames: readonly number[];
  /** What was found, in words. */
  readonly seen: string;
}

/** One rule that looks at one frame after the other. */
interface Watcher {
  see(frame: CapturedFrame): void;
  verdict(): Omit<Verdict, 'rule'>;
}

/** Of frames that are named in a verdict. */
const NAMED = 5;
/** Connections that are followed at the same time; the oldest is forgotten first. */
const FOLLOWED = 4096;

export class Check {
  readonly #watchers: readonly { readonly rule: Rule; readonly watcher: Watcher }[];

  constructor(rules: readonly Rule[]) {
    this.#watchers = rules.map((rule) => ({ rule, watcher: watcherOf(rule.demand) }));
  }

  /** Frames in their order. */
  see(frame: CapturedFrame): void {
    for (const { watcher } of this.#watchers) watcher.see(frame);
  }

  verdicts(): readonly Verdict[] {
    return this.#watchers.map(({ rule, watcher }) => ({ rule, ...watcher.verdict() }));
  }
}

function watcherOf(demand: Demand): Watcher {
  switch (demand.kind) {
    case 'count':
      return counting(demand.part, demand.least, demand.most);
    case 'order':
      return ordering(demand.parts);
    case 'handshake':
      return handshakes(demand.opening);
    case 'fast retransmission':
      return fastRetransmissions(demand.duplicates);
  }
}

const frameWords = (numbers: readonly number[], more = false): string =>
  `${numbers.length === 1 ? 'frame' : 'frames'} ${numbers.join(', ')}${more ? ', …' : ''}`;

function counting({ filter }: Part, least: number, most: number): Watcher {
  const frames: number[] = [];
  let count = 0;
  return {
    see(frame) {
      if (!filter.matches(frame)) return;
      if (count++ < NAMED) frames.push(frame.place.number);
    },
    verdict: () => ({
      passed: count >= least && count <= most,
      frames,
      seen:
        count === 0
          ? 'no such frame'
          : `${count === 1 ? 'once' : `${count} times`}, ${frameWords(frames, count > frames.length)}`,
    }),
  };
}

/** Each part in a frame behind that of the part before it. */
function ordering(parts: readonly Part[]): Watcher {
  const found: number[] = [];
  const last = new Map<Part, number>();
  return {
    see(frame) {
      const { number } = frame.place;
      const next = parts[found.length];
      for (const part of parts) if (part.filter.matches(frame)) last.set(part, number);
      if (next !== undefined && last.get(next) === number) found.push(number);
    },
    verdict() {
      const missing = parts[found.length];
      if (missing === undefined) return { passed: true, frames: found, seen: frameWords(found) };
      const early = last.get(missing);
      const where = found.length === 0 ? 'anywhere' : `behind frame ${found.at(-1)}`;
      const instead = early === undefined ? '' : `; the last one is frame ${early}`;
      return { passed: false, frames: found, seen: `no frame with ${missing.text} ${where}${instead}` };
    },
  };
}

/** How far an opening has come. */
interface Progress {
  syn: number;
  synAck: number | undefined;
  /** What the client's ACK has to acknowledge. */
  answer: number;
}

/** RFC 9293 §3.5: SYN, SYN and ACK, ACK. */
function handshakes({ from, to, port }: Opening): Watcher {
  const open = new Map<string, Progress>();
  let done: number[] | undefined;
  let farthest = 'no such SYN';
  const see = (flow: string, back: string, number: number, tcp: Tcp, fits: boolean): void => {
    const flags = tcp.flags & (SYN | ACK | RST | FIN);
    if (flags === SYN && fits) {
      remember(open, flow, { syn: number, synAck: undefined, answer: 0 });
      if (farthest === 'no such SYN') farthest = `the SYN in frame ${number} is not answered by a SYN ACK`;
    }
    const asked = open.get(back);
    if (flags === (SYN | ACK) && asked !== undefined) {
      [asked.synAck, asked.answer] = [number, (tcp.seq + 1) >>> 0];
      farthest = `the SYN ACK in frame ${number} is not acknowledged`;
    }
    const own = open.get(flow);
    if (flags & ACK && !(flags & (SYN | RST)) && own?.synAck !== undefined && tcp.ack >>> 0 === own.answer)
      done ??= [own.syn, own.synAck, number];
  };
  return {
    see({ packet: { network, transport }, place: { number } }) {
      if (done !== undefined || transport?.kind !== 'tcp' || network === undefined || network.kind === 'arp') return;
      const [one, other] = [`${network.source} ${transport.sourcePort}`, `${network.destination} ${transport.destinationPort}`];
      const fits =
        (from ?? network.source) === network.source &&
        (to ?? network.destination) === network.destination &&
        (port ?? transport.destinationPort) === transport.destinationPort;
      see(`${one} ${other}`, `${other} ${one}`, number, transport, fits);
    },
    verdict: () => ({ passed: done !== undefined, frames: done ?? [], seen: done === undefined ? farthest : frameWords(done) }),
  };
}

/** RFC 5681 §2: an ACK that says nothing new, and has neither data nor another window. */
interface Acknowledged {
  ack: number;
  window: number;
  count: number;
  /** The first of them. */
  readonly duplicates: number[];
}

/** RFC 5681 §3.2: "arrival of three duplicate ACKs" sends again what is missing. */
function fastRetransmissions(wanted: number): Watcher {
  const byFlow = new Map<string, Acknowledged>();
  let done: number[] | undefined;
  let most = 0;
  return {
    see({ packet: { network, transport, payloadLength }, place: { number }, frame: { interfaceId } }) {
      if (done !== undefined || transport?.kind !== 'tcp' || network === undefined || network.kind === 'arp') return;
      const [one, other] = [`${network.source} ${transport.sourcePort}`, `${network.destination} ${transport.destinationPort}`];
      const asked = byFlow.get(`${interfaceId} ${other} ${one}`);
      if (payloadLength > 0 && asked !== undefined && asked.count >= wanted && transport.seq >>> 0 === asked.ack) {
        done = [...asked.duplicates.slice(0, NAMED - 1), number];
      }
      const bare = payloadLength === 0 && (transport.flags & (SYN | FIN | RST)) === 0;
      const flow = `${interfaceId} ${one} ${other}`;
      const known = byFlow.get(flow);
      const [ack, window] = [transport.ack >>> 0, transport.window];
      if (known?.ack === ack && known.window === window && bare) {
        known.count++;
        if (known.duplicates.length < NAMED) known.duplicates.push(number);
        most = Math.max(most, known.count);
      } else if (known?.ack !== ack) remember(byFlow, flow, { ack, window, count: 0, duplicates: [] });
    },
    verdict: () => ({
      passed: done !== undefined,
      frames: done ?? [],
      seen:
        done === undefined
          ? `at most ${most} duplicate ACKs in a row, and what they ask for was not sent behind ${wanted}`
          : frameWords(done),
    }),
  };
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > FOLLOWED) map.delete(map.keys().next().value!);
}
