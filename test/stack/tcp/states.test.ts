/** Every state, every kind of segment, every place: RFC 9293 §3.10.7 as one table. */
import { expect, test } from 'vitest';
import type { State, StateEvent } from '../../../src/stack/tcp/state.ts';
import { isSynchronized, mayReceiveText, mayTransmitText, mayWrite, next } from '../../../src/stack/tcp/state.ts';
import type { Said } from '../../conversation.ts';
import { Conversation } from '../../conversation.ts';
import { KINDS, PLACES, reaction, STATES } from './states.ts';

/**
 * What is answered, and the new state if there is one. `next`: at RCV.NXT; `inside`: 50 further; `below`: 100 before; `above`:
 * beyond the window. The acknowledgment is what the state expects (in SYN-SENT and SYN-RECEIVED, of our SYN; else SND.UNA).
 * SYN in a synchronized state: challenge (RFC 5961 §4.2). RST inside but not exact: challenge (RFC 5961 §3.2). RST in TIME-WAIT:
 * ignored (RFC 1337). SYN beyond the old numbers in TIME-WAIT: a new connection (MAY-2), the old one is CLOSED.
 */
const TABLE = `
kind   |place |CLOSED |LISTEN              |SYN-SENT            |SYN-RECEIVED   |ESTABLISHED   |FIN-WAIT-1 |FIN-WAIT-2   |CLOSE-WAIT|CLOSING |LAST-ACK|TIME-WAIT
SYN    |next  |RST-ACK|SYN-ACK SYN-RECEIVED|SYN-ACK SYN-RECEIVED|ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
SYN    |inside|RST-ACK|SYN-ACK SYN-RECEIVED|SYN-ACK SYN-RECEIVED|ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |SYN-ACK CLOSED
SYN    |below |RST-ACK|SYN-ACK SYN-RECEIVED|SYN-ACK SYN-RECEIVED|ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
SYN    |above |RST-ACK|SYN-ACK SYN-RECEIVED|SYN-ACK SYN-RECEIVED|ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |SYN-ACK CLOSED
SYN-ACK|next  |RST    |RST                 |ACK ESTABLISHED     |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
SYN-ACK|inside|RST    |RST                 |ACK ESTABLISHED     |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
SYN-ACK|below |RST    |RST                 |ACK ESTABLISHED     |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
SYN-ACK|above |RST    |RST                 |ACK ESTABLISHED     |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
ACK    |next  |RST    |RST                 |-                   |- ESTABLISHED  |-             |-          |-            |-         |-       |-       |-
ACK    |inside|RST    |RST                 |-                   |- ESTABLISHED  |-             |-          |-            |-         |-       |-       |-
ACK    |below |RST    |RST                 |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
ACK    |above |RST    |RST                 |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
FIN    |next  |RST-ACK|-                   |-                   |-              |-             |-          |-            |-         |-       |-       |-
FIN    |inside|RST-ACK|-                   |-                   |-              |-             |-          |-            |-         |-       |-       |-
FIN    |below |RST-ACK|-                   |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
FIN    |above |RST-ACK|-                   |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
FIN-ACK|next  |RST    |RST                 |-                   |ACK CLOSE-WAIT |ACK CLOSE-WAIT|ACK CLOSING|ACK TIME-WAIT|-         |-       |-       |-
FIN-ACK|inside|RST    |RST                 |-                   |ACK ESTABLISHED|ACK           |ACK        |ACK          |-         |-       |-       |-
FIN-ACK|below |RST    |RST                 |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
FIN-ACK|above |RST    |RST                 |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
RST    |next  |-      |-                   |-                   |- CLOSED       |- CLOSED      |- CLOSED   |- CLOSED     |- CLOSED  |- CLOSED|- CLOSED|-
RST    |inside|-      |-                   |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
RST    |below |-      |-                   |-                   |-              |-             |-          |-            |-         |-       |-       |-
RST    |above |-      |-                   |-                   |-              |-             |-          |-            |-         |-       |-       |-
RST-ACK|next  |-      |-                   |- CLOSED            |- CLOSED       |- CLOSED      |- CLOSED   |- CLOSED     |- CLOSED  |- CLOSED|- CLOSED|-
RST-ACK|inside|-      |-                   |- CLOSED            |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
RST-ACK|below |-      |-                   |- CLOSED            |-              |-             |-          |-            |-         |-       |-       |-
RST-ACK|above |-      |-                   |- CLOSED            |-              |-             |-          |-            |-         |-       |-       |-
text   |next  |RST    |RST                 |-                   |ACK ESTABLISHED|ACK           |ACK        |ACK          |-         |-       |-       |-
text   |inside|RST    |RST                 |-                   |ACK ESTABLISHED|ACK           |ACK        |ACK          |-         |-       |-       |-
text   |below |RST    |RST                 |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
text   |above |RST    |RST                 |-                   |ACK            |ACK           |ACK        |ACK          |ACK       |ACK     |ACK     |ACK
`;

const [head = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('the table speaks of every state, kind and place', () => {
  expect(head).toEqual(['kind', 'place', ...STATES]);
  const all = Object.keys(KINDS).flatMap((kind) => Object.keys(PLACES).map((place) => `${kind} ${place}`));
  expect(rows.map(([kind, place]) => `${kind} ${place}`)).toEqual(all);
});

for (const [kind = '', place = '', ...cells] of rows)
  test(`RFC 9293 §3.10.7: ${kind} ${place} in every state`, () => {
    const reactions = STATES.map((state) => `${state}: ${reaction(new Conversation(), state, kind, place)}`);
    expect(reactions).toEqual(STATES.map((state, column) => `${state}: ${cells[column]}`));
  });

/** Both offer timestamps; the peer's clock shows 1000 in its SYN. */
const stamped = (): Conversation => new Conversation({ tcp: { timestamps: true }, peer: { timestamps: [1000, 0] } });

for (const [kind = '', place = '', ...cells] of rows)
  test(`RFC 7323 §3.2, RFC 9293 §3.10.7: with timestamps, ${kind} ${place} in every state: the same`, () => {
    const reactions = STATES.map((state) => {
      const said: Said = state === 'SYN-SENT' || state === 'LISTEN' || state === 'CLOSED' ? { timestamps: [1000, 0] } : {};
      return `${state}: ${reaction(stamped(), state, kind, place, said)}`;
    });
    expect(reactions).toEqual(STATES.map((state, column) => `${state}: ${cells[column]}`));
  });

/** SYN-RECEIVED and what comes after it: timestamps are agreed. */
const AGREED = STATES.slice(STATES.indexOf('SYN-RECEIVED'));
const isReset = (kind: string): boolean => kind.startsWith('RST');

for (const [kind = '', place = '', ...cells] of rows)
  test(`RFC 7323 §3.2, §5.3: ${kind} ${place} without timestamps is dropped in silence, with old ones acknowledged; a RST is neither`, () => {
    // a SYN beyond the old numbers opens a connection out of TIME-WAIT, whatever its options (MAY-2)
    const states = AGREED.filter((state) => state !== 'TIME-WAIT' || kind !== 'SYN');
    const reactions = (said: Said): string[] =>
      states.map((state) => `${state}: ${reaction(stamped(), state, kind, place, said)}`);
    const usual = states.map((state) => `${state}: ${cells[STATES.indexOf(state)]}`);
    const all = (answer: string): string[] => states.map((state) => `${state}: ${answer}`);
    expect(reactions({ timestamps: 'none' })).toEqual(isReset(kind) ? usual : all('-'));
    expect(reactions({ timestamps: [500, 0] })).toEqual(isReset(kind) ? usual : all('ACK'));
  });

const EVENTS: StateEvent[] = [
  'active open',
  'passive open',
  'SYN arrives',
  'our SYN is acknowledged',
  'close',
  'FIN arrives',
  'our FIN is acknowledged',
  'TIME-WAIT is over',
];

test('RFC 9293 §3.3.2, figure 5: every arrow, and no other', () => {
  const arrows = STATES.flatMap((state) =>
    EVENTS.filter((event) => next(state, event) !== state).map((event) => `${state} --${event}--> ${next(state, event)}`),
  );
  expect(arrows).toEqual([
    'CLOSED --active open--> SYN-SENT',
    'CLOSED --passive open--> LISTEN',
    'LISTEN --SYN arrives--> SYN-RECEIVED',
    'LISTEN --close--> CLOSED',
    'SYN-SENT --SYN arrives--> SYN-RECEIVED',
    'SYN-SENT --our SYN is acknowledged--> ESTABLISHED',
    'SYN-SENT --close--> CLOSED',
    'SYN-RECEIVED --our SYN is acknowledged--> ESTABLISHED',
    'SYN-RECEIVED --close--> FIN-WAIT-1',
    'SYN-RECEIVED --FIN arrives--> CLOSE-WAIT',
    'ESTABLISHED --close--> FIN-WAIT-1',
    'ESTABLISHED --FIN arrives--> CLOSE-WAIT',
    'FIN-WAIT-1 --FIN arrives--> CLOSING',
    'FIN-WAIT-1 --our FIN is acknowledged--> FIN-WAIT-2',
    'FIN-WAIT-2 --FIN arrives--> TIME-WAIT',
    'CLOSE-WAIT --close--> LAST-ACK',
    'CLOSING --our FIN is acknowledged--> TIME-WAIT',
    'LAST-ACK --our FIN is acknowledged--> CLOSED',
    'TIME-WAIT --TIME-WAIT is over--> CLOSED',
  ]);
  expect(STATES.map((state) => next(state, 'delete'))).toEqual(STATES.map(() => 'CLOSED'));
});

test('what each state permits', () => {
  const those = (permits: (state: State) => boolean): string => STATES.filter(permits).join(' ');
  expect(those(isSynchronized)).toBe('ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT');
  expect(those(mayReceiveText)).toBe('ESTABLISHED FIN-WAIT-1 FIN-WAIT-2');
  expect(those(mayWrite)).toBe('SYN-SENT SYN-RECEIVED ESTABLISHED CLOSE-WAIT');
  expect(those(mayTransmitText)).toBe('ESTABLISHED FIN-WAIT-1 CLOSE-WAIT CLOSING LAST-ACK');
});
