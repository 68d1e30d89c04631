/** What the comment of a sent frame says: why it goes out, and what else is news. */
import { expect, test } from 'vitest';
import { ipv4 } from '../../src/stack/index.ts';
import { ACK, FIN, SYN } from '../../src/stack/wire/tcp.ts';
import { arpFrame, B, pattern, tcpFrame } from '../capture/frames.ts';
import { fragmentsOf, ipFrame, udpMessage } from '../station.ts';
import { data, rowsOf } from './rows.ts';
import { Talk } from './talk.ts';

const rows = rowsOf('out');

rows('opening and closing', [
  {
    what: 'a SYN that nobody answers',
    does: (t) => {
      t.station.stack.tcp.connect(ipv4('10.0.0.1'), 80, t.station.now);
      t.station.runs();
      t.passes(3500);
    },
    says: [
      'SYN; CLOSED to SYN-SENT',
      'SYN retransmission 1: no answer, next after 2000 ms',
      'SYN retransmission 2: no answer, next after 4000 ms',
    ],
  },
  {
    what: 'a SYN ACK that gets lost, and one whose SYN comes again',
    does: (t) => t.peer(SYN, { seq: 0 }).passes(1100).peer(SYN, { seq: 0 }),
    says: ['SYN ACK', 'SYN ACK retransmission 1: no answer', 'SYN ACK again: the SYN has come again'],
  },
  {
    what: 'both at once',
    does: (t) => {
      t.station.stack.tcp.connect(ipv4('10.0.0.1'), 43_210, t.station.now, { localPort: 80 + 1 });
      t.station.runs();
      t.peer(SYN, { seq: 0, destinationPort: 81 });
    },
    says: ['SYN; CLOSED to SYN-SENT', 'SYN ACK: simultaneous open'],
  },
  {
    what: 'a FIN alone',
    does: (t) => {
      t.establish().connection.closeWrite();
      t.station.runs();
    },
    says: ['FIN; ESTABLISHED to FIN-WAIT-1'],
  },
  {
    what: 'text that is still to go before the FIN',
    tcp: { initialWindow: 2 },
    does: (t) => {
      t.establish().connection.send(pattern(3000));
      t.connection.closeWrite();
      t.station.runs();
      t.peer(ACK, { ack: 2001 });
    },
    says: ['ESTABLISHED to FIN-WAIT-1; closed by the application, the FIN follows the text', '', 'FIN'],
  },
  {
    what: 'an abort',
    does: (t) => {
      t.establish().connection.abort();
      t.station.runs();
    },
    says: ['RST: connection aborted; ESTABLISHED to CLOSED'],
  },
  {
    what: 'a close with text unread',
    does: (t) => {
      data(t.establish(), 1).connection.close();
      t.station.runs();
    },
    says: ['quick ACK: not delayed, the peer is in slow start', 'RST: closed with text unread; ESTABLISHED to CLOSED'],
  },
  {
    what: 'nobody answers any more',
    tcp: { r2: 1_000_000 },
    does: (t) => t.establish().writes(10).passes(3000),
    says: [
      '',
      'retransmission 1: RTO expired, next after 400 ms',
      'retransmission 2: RTO expired again, next after 800 ms',
      'RST: nothing was acknowledged for too long; ESTABLISHED to CLOSED; timed out',
    ],
  },
]);

rows('acknowledgments', [
  {
    what: 'delayed',
    tcp: { ackDelay: 40_000 },
    does: (t) => {
      t.establish();
      for (let i = 0; i < 17; i++) data(t, 1 + 100 * i);
      t.passes(50);
    },
    says: [
      'quick ACK: not delayed, the peer is in slow start',
      ...Array.from({ length: 15 }, () => 'quick ACK'),
      'delayed ACK timer: 40 ms',
    ],
  },
  {
    what: 'never delayed',
    tcp: { ackDelay: 0 },
    does: (t) => data(t.establish(), 1),
    says: ['ACK at once: none is delayed'],
  },
  {
    what: 'above a hole, and when it is filled',
    does: (t) => data(data(data(t.establish(), 101), 201), 1),
    says: ['duplicate ACK 1: 1 is missing', 'duplicate ACK 2: 1 is missing', 'ACK: hole filled'],
  },
  {
    what: 'a window that closes, and the update when the application reads',
    tcp: { receiveBuffer: 100, maxReceiveBuffer: 100 },
    does: (t) => data(t.establish(), 1).reads(100),
    says: [
      'quick ACK: not delayed, the peer is in slow start; closes our window: the receive buffer is full',
      'window update: 100 bytes',
    ],
  },
  {
    what: 'of a FIN',
    does: (t) => t.establish().peer(ACK | FIN, { ack: 1 }),
    says: ['ACK of the FIN'],
  },
]);

rows('text and its repair', [
  { what: 'text is sent because there is text', does: (t) => t.establish().writes(2000), says: ['', ''] },
  {
    what: 'limited transmit, the fast retransmit, and the one after a partial acknowledgment',
    tcp: { initialWindow: 6 },
    does: (t) => {
      t.establish().writes(9000).news();
      for (const ack of [1, 1, 1, 2001]) t.peer(ACK, { ack });
    },
    says: [
      'limited transmit: a duplicate ACK lets new text go',
      'limited transmit: a duplicate ACK lets new text go',
      'fast retransmit: third duplicate ACK',
      'retransmission: partial ACK, so this is missing too (NewReno)',
    ],
  },
  {
    what: 'RACK',
    tcp: { sack: true },
    does: (t) => {
      t.establish({ sackPermitted: true }).writes(5000).news();
      t.peer(ACK, { ack: 1, sack: [1001, 4001] });
    },
    says: ['fast retransmit: three segments above it have arrived (RACK)'],
  },
  {
    what: 'the scoreboard of RFC 6675',
    tcp: { sack: true, rack: false },
    does: (t) => {
      t.establish({ sackPermitted: true }).writes(5000).news();
      t.peer(ACK, { ack: 1, sack: [1001, 4001] });
    },
    says: ['fast retransmit: three segments above it have arrived (SACK)'],
  },
  {
    what: 'a tail loss probe, then the time-out',
    tcp: { sack: true },
    does: (t) => {
      t.establish({ sackPermitted: true }, {}, 50).writes(2000);
      t.passes(50).peer(ACK, { ack: 1001 }).news();
      t.passes(600);
    },
    says: ['tail loss probe: the last segment again', 'retransmission 1: RTO expired, next after 400 ms'],
  },
  {
    what: 'slow start after a time-out',
    tcp: { frto: false },
    does: (t) => t.establish().writes(4000).passes(210).peer(ACK, { ack: 1001 }),
    says: [
      ...['', '', '', ''],
      'retransmission 1: RTO expired, next after 400 ms',
      'retransmission in slow start: lost before the time-out',
      'retransmission in slow start: lost before the time-out',
    ],
  },
  {
    what: 'the question of F-RTO',
    tcp: { initialWindow: 3 },
    does: (t) => t.establish().writes(9000).passes(210).peer(ACK, { ack: 1001 }),
    says: [
      ...['', '', ''],
      'retransmission 1: RTO expired, next after 400 ms',
      'F-RTO: new text asks whether the time-out was spurious',
      'F-RTO: new text asks whether the time-out was spurious',
    ],
  },
  {
    what: 'Nagle',
    does: (t) => t.establish().writes(10).writes(20).peer(ACK, { ack: 11 }),
    says: ['', 'Nagle: all before it is acknowledged, so this small segment may go'],
  },
  {
    what: 'idleness',
    does: (t) => {
      t.establish().writes(10_000);
      for (let ack = 1001; ack <= 10_001; ack += 1000) t.peer(ACK, { ack });
      t.passes(5000).news();
      t.writes(1000);
    },
    says: ['restart after idleness: cwnd is small again'],
  },
  {
    what: 'the probes of a closed window',
    does: (t) => {
      t.establish({}, { window: 1000 })
        .writes(2000)
        .peer(ACK, { ack: 1001, window: 0 })
        .passes(210)
        .peer(ACK, { ack: 1001, window: 0 });
      t.passes(410);
    },
    says: ['', 'zero-window probe 1', 'zero-window probe 2'],
  },
  {
    what: 'keep-alive',
    tcp: { keepAlive: true, keepAliveIdle: 1_000_000, keepAliveInterval: 100_000, keepAliveProbes: 2 },
    does: (t) => t.establish().passes(1300),
    says: [
      'keep-alive probe 1 of 2',
      'keep-alive probe 2 of 2',
      'RST: keep-alive has no answer; ESTABLISHED to CLOSED; keep-alive timed out',
    ],
  },
]);

rows('below and beside TCP', [
  {
    what: 'ARP asks, and asks again',
    does: (t) => {
      t.station.stack.icmp.sendEcho({ destination: 0x0a00_0009, identifier: 1, sequence: 1, payload: pattern(8) }, t.station.now);
      t.station.runs();
      t.passes(1100);
    },
    says: ['a packet waits for the answer', 'asked again: no answer yet'],
  },
  { what: 'ARP defends the address', does: (t) => t.station.sends(arpFrame(1, B, B, '10.0.0.1')), says: ['defends our address'] },
  {
    what: 'an ICMP error',
    does: (t) => t.station.sends(ipFrame({ payload: udpMessage(9, 9, pattern(8)) })),
    says: ['nobody listens on the port'],
  },
  {
    what: 'a reassembly that ends without a datagram',
    does: (t) => {
      t.station.sends(fragmentsOf({ payload: udpMessage(9, 9, pattern(2000)) }, 800)[0]!);
      t.passes(31_000);
    },
    says: ['fragments of it never came: reassembly timed out'],
  },
  {
    what: 'a reset',
    does: (t) => t.station.sends(tcpFrame({ flags: SYN, destinationPort: 81 })),
    says: ['RST: no listener on the port'],
  },
]);

test('the numbers are told when they have changed, and only then', () => {
  const talk = new Talk({ sack: false, timestamps: false }).establish();
  talk.writes(1000).peer(ACK, { ack: 1001 });
  talk.writes(0).peer(ACK, { ack: 1001, text: 1 });
  expect(talk.news()).toEqual([
    'out flight 1000',
    'in acknowledges 1,000 bytes | flight 0',
    'in ',
    'out quick ACK: not delayed, the peer is in slow start',
  ]);
});
