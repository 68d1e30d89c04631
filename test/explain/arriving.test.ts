/** What the comment of a received frame says: what it did, or why it was dropped. */
import { expect, test } from 'vitest';
import { SECOND } from '../../src/stack/index.ts';
import { ACK, FIN, RST, SYN } from '../../src/stack/wire/tcp.ts';
import { A, arpFrame, B, echoFrame, pattern, tcpFrame } from '../capture/frames.ts';
import { fragmentsOf, icmpMessage, ipFrame, packetOf, udpMessage } from '../station.ts';
import { data, rowsOf } from './rows.ts';
import { Talk } from './talk.ts';

const rows = rowsOf('in');

rows('states', [
  { what: 'a SYN', does: (t) => t.peer(SYN, { seq: 0 }), says: ['LISTEN to SYN-RECEIVED'] },
  { what: 'a FIN', does: (t) => t.establish().peer(ACK | FIN, { ack: 1 }), says: ['ESTABLISHED to CLOSE-WAIT'] },
  { what: 'a RST', does: (t) => t.establish().peer(RST, {}), says: ['ESTABLISHED to CLOSED; reset by peer'] },
  {
    what: 'the acknowledgment of our FIN and the other FIN in one',
    does: (t) => {
      t.establish().connection.closeWrite();
      t.station.runs();
      t.peer(ACK | FIN, { ack: 2 });
    },
    says: ['FIN-WAIT-1 to FIN-WAIT-2; FIN-WAIT-2 to TIME-WAIT; acknowledges the FIN'],
  },
]);

rows('drops', [
  {
    what: 'a wrong checksum',
    does: (t) => {
      const frame = tcpFrame({ flags: SYN });
      frame[frame.length - 5]! ^= 0xff;
      t.station.sends(frame);
    },
    says: ['dropped: bad checksum (TCP)'],
  },
  { what: 'nobody listens', does: (t) => t.peer(SYN, { destinationPort: 81 }), says: ['dropped: no listener: RST'] },
  { what: 'nobody knows of it', does: (t) => t.peer(ACK, { destinationPort: 81 }), says: ['dropped: no such connection: RST'] },
  { what: 'beyond the window', does: (t) => data(t.establish(), 90_000), says: ['dropped: outside the receive window: ACK'] },
  {
    what: 'text that had arrived',
    does: (t) => data(data(t.establish(), 1), 1),
    says: ['', 'dropped: outside the receive window: 1:101 had arrived before: ACK'],
  },
  {
    what: 'a keep-alive probe',
    does: (t) => t.establish().peer(ACK, { seq: 0, ack: 1 }),
    says: ['dropped: outside the receive window: a probe that asks for an ACK: ACK'],
  },
  {
    what: 'a RST in the window, yet not exact',
    does: (t) => t.establish().peer(RST, { seq: 100 }),
    says: ['dropped: RST not exactly expected: challenged'],
  },
  { what: 'a SYN', does: (t) => t.establish().peer(SYN, { seq: 5 }), says: ['dropped: SYN in a synchronized state: challenged'] },
  { what: 'no flags', does: (t) => t.establish().peer(0, { text: 5 }), says: ['dropped: no ACK flag'] },
  {
    what: 'an acknowledgment of the future',
    does: (t) => t.establish().peer(ACK, { ack: 500 }),
    says: ['dropped: acknowledges what was never sent: ACK'],
  },
  {
    what: 'text after the close',
    does: (t) => {
      t.establish().connection.close();
      t.station.runs();
      t.peer(ACK, { ack: 2, text: 10 });
    },
    says: ['dropped: text after the application closed: RST; FIN-WAIT-1 to FIN-WAIT-2; FIN-WAIT-2 to CLOSED'],
  },
  {
    what: 'nobody has the port',
    does: (t) => t.station.sends(ipFrame({ payload: udpMessage(9, 9, pattern(8)) })),
    says: ['dropped: no such port'],
  },
  {
    what: 'another host',
    does: (t) => t.station.sends(echoFrame({ to: '10.0.0.9' })),
    says: ['dropped: frame for another station'],
  },
]);

rows('acknowledgments', [
  { what: 'text', does: (t) => t.establish().writes(2000).peer(ACK, { ack: 1001 }), says: ['acknowledges 1,000 bytes'] },
  {
    what: 'three duplicates, a partial one, and the end of the recovery (NewReno)',
    does: (t) => {
      t.establish().writes(8000);
      for (const ack of [1, 1, 1, 2001, 8001]) t.peer(ACK, { ack });
    },
    says: [
      'duplicate ACK 1',
      'duplicate ACK 2',
      'duplicate ACK 3; 1,000 bytes believed lost; enters fast recovery',
      'acknowledges 2,000 bytes; 1,000 bytes believed lost; partial ACK: more is missing',
      'acknowledges 6,000 bytes; leaves fast recovery',
    ],
  },
  {
    what: 'selective ones, and a duplicate that the peer reports',
    tcp: { sack: true },
    does: (t) => {
      t.establish({ sackPermitted: true }).writes(8000);
      t.peer(ACK, { ack: 1, sack: [2001, 3001] });
      t.peer(ACK, { ack: 1, sack: [2001, 5001] });
      t.peer(ACK, { ack: 8001 });
      t.peer(ACK, { ack: 8001, sack: [1, 1001] });
    },
    says: [
      'duplicate ACK 1; SACK: 1 block, 1,000 bytes more; 2,000 bytes believed lost; enters fast recovery',
      'duplicate ACK 2; SACK: 1 block, 2,000 bytes more',
      'acknowledges 8,000 bytes; leaves fast recovery',
      'D-SACK: 1:1001 arrived twice',
    ],
  },
  {
    what: 'a window that closes, stays closed and opens',
    does: (t) => {
      t.establish().writes(3000).peer(ACK, { ack: 3001, window: 0 }).writes(1000).passes(1100);
      t.peer(ACK, { ack: 3001, window: 0 });
      t.peer(ACK, { ack: 3001, window: 5000 });
    },
    says: ['acknowledges 3,000 bytes; window closed', 'window still closed', 'window open again: 5,000 bytes'],
  },
  {
    what: 'a window that grows',
    does: (t) => t.establish().peer(ACK, { ack: 1, window: 65_000 }),
    says: ['window update: 65,000 bytes'],
  },
  {
    what: 'the original arrives after the retransmission (Eifel)',
    tcp: { timestamps: true },
    does: (t) => {
      const stamp = (value: number, echo: number) => ({ timestamps: [value, echo] as const });
      t.establish({}, stamp(1, 0)).writes(988);
      const sent = t.connection.timestamps.value(t.station.now);
      t.passes(400);
      t.peer(ACK, { ack: 989, ...stamp(2, sent) });
    },
    says: [
      'acknowledges 988 bytes; spurious retransmission: this answers the original, not the retransmission (Eifel), reduction undone',
    ],
  },
]);

rows('text', [
  { what: 'in order', does: (t) => data(t.establish(), 1), says: [''] },
  {
    what: 'out of order, and what fills the hole',
    does: (t) => data(data(data(t.establish(), 101), 301), 1),
    says: ['out of order: hole 1:101', 'out of order: holes 1:101, 201:301', 'fills the hole 1:101'],
  },
  {
    what: 'partly known',
    does: (t) => data(data(t.establish(), 1), 51),
    says: ['', '50 bytes of it had arrived before'],
  },
  {
    what: 'held already',
    does: (t) => data(data(t.establish(), 201), 201),
    says: ['out of order: hole 1:201', 'nothing new: held already, above the hole'],
  },
  {
    what: 'a FIN above a hole',
    does: (t) => data(t.establish(), 101, { flags: undefined }).peer(ACK | FIN, { seq: 201, ack: 1 }),
    says: ['out of order: hole 1:101', 'FIN waits for the text before it'],
  },
  {
    what: 'more than the window',
    tcp: { receiveBuffer: 250, maxReceiveBuffer: 250 },
    does: (t) => t.establish().peer(ACK, { ack: 1, text: 400 }),
    says: ['window full: 150 bytes did not fit'],
  },
]);

rows('ICMP, fragments and ARP', [
  {
    what: 'fragmentation needed',
    does: (t) => {
      t.establish({ mss: 1460 }).writes(1460);
      const quoted = packetOf(t.station.device.outgoing.at(-1)!).subarray(0, 28);
      t.station.sends(ipFrame({ from: '10.0.0.254', protocol: 1, payload: icmpMessage(3, 4, 1400, quoted) }));
    },
    says: ['path MTU 1400 learnt for 10.0.0.1; segments of 1360 bytes from now on'],
  },
  {
    what: 'host unreachable is a soft error',
    does: (t) => {
      t.establish().writes(500);
      const quoted = packetOf(t.station.device.outgoing.at(-1)!).subarray(0, 28);
      t.station.sends(ipFrame({ from: '10.0.0.254', protocol: 1, payload: icmpMessage(3, 1, 0, quoted) }));
    },
    says: ['host unreachable: remembered, TCP goes on trying'],
  },
  {
    what: 'a datagram in three pieces',
    does: (t) => t.station.sends(...fragmentsOf({ payload: udpMessage(9, 9, pattern(2000)) }, 800)),
    says: [
      'fragment held: 1 fragment of it here, more are missing',
      'fragment held: 2 fragments of it here, more are missing',
      'dropped: no such port; datagram whole: 3 fragments, 2,028 bytes',
    ],
  },
  {
    what: 'somebody else has our address',
    does: (t) => t.station.sends(arpFrame(1, B, B, A)),
    says: [`dropped: ARP address conflict; 02:00:0a:00:00:01 claims our 10.0.0.2`],
  },
  {
    what: 'a neighbour moves',
    does: (t) => t.station.sends(arpFrame(1, A, B, '10.0.0.7')),
    says: ['10.0.0.1 has moved to 02:00:0a:00:00:07 from 02:00:0a:00:00:01'],
  },
  { what: 'a neighbour whom we know', does: (t) => t.station.sends(arpFrame(1, A, B)), says: [''] },
  {
    what: 'a neighbour who was long silent',
    does: (t) => {
      t.passes(120_000);
      t.station.sends(arpFrame(1, A, B));
    },
    says: ['confirmed 10.0.0.1 is at 02:00:0a:00:00:01'],
  },
]);

test('TIME-WAIT: a FIN that comes again starts the 2 MSL anew', () => {
  const talk = new Talk({ timestamps: false }).establish();
  talk.connection.closeWrite();
  talk.station.runs();
  talk.peer(ACK | FIN, { ack: 2 }).passes(SECOND / 1000);
  talk.news();
  talk.peer(ACK | FIN, { ack: 2 });
  expect(talk.news()).toEqual([
    'in dropped: outside the receive window: ACK; FIN again: 2 MSL anew',
    'out ACK in TIME-WAIT: outside the receive window',
  ]);
});
