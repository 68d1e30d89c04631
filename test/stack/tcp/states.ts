/** Brings a conversation into any of the eleven states, and says in a few words how it reacts to a segment. */
import type { State } from '../../../src/stack/tcp/state.ts';
import { diff } from '../../../src/stack/wire/seq.ts';
import { ACK, FIN, RST, SYN } from '../../../src/stack/wire/tcp.ts';
import type { Conversation, Said } from '../../conversation.ts';

/** How each state is reached; the peer's next number is 1 or, behind its FIN, 2. */
const WAYS: Record<State, (talk: Conversation) => void> = {
  CLOSED: () => {},
  LISTEN: (talk) => void talk.listens(),
  'SYN-SENT': (talk) => void talk.connects(),
  'SYN-RECEIVED': (talk) => {
    talk.listens();
    talk.peer.sends(SYN, { seq: 0, ...talk.setting.peer });
  },
  ESTABLISHED: (talk) => talk.establish(),
  'FIN-WAIT-1': (talk) => {
    talk.establish();
    talk.app.closesWrite();
  },
  'FIN-WAIT-2': (talk) => {
    WAYS['FIN-WAIT-1'](talk);
    talk.peer.sends(ACK, { seq: 1, ack: 2 });
  },
  'CLOSE-WAIT': (talk) => {
    talk.establish();
    talk.peer.sends(FIN | ACK, { seq: 1, ack: 1 });
  },
  CLOSING: (talk) => {
    WAYS['FIN-WAIT-1'](talk);
    talk.peer.sends(FIN | ACK, { seq: 1, ack: 1 });
  },
  'LAST-ACK': (talk) => {
    WAYS['CLOSE-WAIT'](talk);
    talk.app.closesWrite();
  },
  'TIME-WAIT': (talk) => {
    WAYS['FIN-WAIT-2'](talk);
    talk.peer.sends(FIN | ACK, { seq: 1, ack: 2 });
  },
};

export const STATES = Object.keys(WAYS) as State[];

export function reach(talk: Conversation, state: State): void {
  WAYS[state](talk);
  talk.outgoing.length = 0;
}

export const KINDS: Readonly<Record<string, { readonly flags: number; readonly payload: number }>> = {
  SYN: { flags: SYN, payload: 0 },
  'SYN-ACK': { flags: SYN | ACK, payload: 0 },
  ACK: { flags: ACK, payload: 0 },
  FIN: { flags: FIN, payload: 0 },
  'FIN-ACK': { flags: FIN | ACK, payload: 0 },
  RST: { flags: RST, payload: 0 },
  'RST-ACK': { flags: RST | ACK, payload: 0 },
  text: { flags: ACK, payload: 10 },
};

/** Where the segment lies in front of the window of 65,535. */
export const PLACES: Readonly<Record<string, number>> = { next: 0, inside: 50, below: -100, above: 70_000 };

/** What we answer, and the state if it changed: `ACK ESTABLISHED`, `RST`, `-`. */
export function reaction(talk: Conversation, state: State, kind: string, place: string, said: Said = {}): string {
  reach(talk, state);
  const { flags, payload } = KINDS[kind]!;
  const tcb = talk.held;
  const next = tcb === undefined || state === 'SYN-SENT' ? 0 : diff(tcb.rcv.nxt, tcb.rcv.irs);
  const ack = tcb === undefined || state === 'SYN-SENT' || state === 'SYN-RECEIVED' ? 1 : diff(tcb.snd.una, tcb.snd.iss);
  talk.peer.sends(flags, { seq: next + PLACES[place]!, ack, payload, ...said });
  const answers = talk.outgoing.splice(0).map(({ segment }) => {
    if (segment.has(RST)) return segment.has(ACK) ? 'RST-ACK' : 'RST';
    return `${segment.has(SYN) ? 'SYN-' : ''}${segment.has(FIN) ? 'FIN-' : ''}ACK`;
  });
  const after = talk.held?.state ?? state;
  return [...(answers.length > 0 ? answers : ['-']), ...(after === state ? [] : [after])].join(' ');
}
