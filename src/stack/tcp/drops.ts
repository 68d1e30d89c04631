/** Why a segment was not accepted, in words that counters, captures and pages share. */

export const TCP_DROPS = [
  'TCP header too short or its length wrong',
  'TCP checksum wrong',
  'no such connection',
  'no listener on the port',
  'outside the receive window',
  'old by its timestamp (PAWS)',
  'timestamp missing',
  'RST outside the window',
  'RST not exactly expected: challenged',
  'SYN in a synchronized state: challenged',
  'no ACK flag',
  'acknowledges what was never sent',
  'acknowledgment too old',
  'text after the FIN',
  'nothing new in the segment',
  'too many holes in the receive buffer',
  'text after the application closed',
  'listen backlog full',
  'no text yet: accepting is deferred',
  'SYN from or to an impossible address',
  'RST in TIME-WAIT (RFC 1337)',
] as const;

export type TcpDrop = (typeof TCP_DROPS)[number];

/** What a step of the segment processing says: undefined goes on to the next step, `done` stops, a reason stops and is counted. */
export type Verdict = TcpDrop | 'done' | undefined;
