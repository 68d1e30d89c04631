/** The window we offer: RFC 9293 §3.8.6.2.2, and its right edge. */
import { expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/stack/tcp/options.ts';
import { Receiver } from '../../../src/stack/tcp/receive/receiver.ts';
import { ReceiveSpace } from '../../../src/stack/tcp/spaces.ts';
import { before } from '../../../src/stack/wire/seq.ts';
import { ACK, FIN, PSH, RST } from '../../../src/stack/wire/tcp.ts';
import { established } from '../../conversation.ts';

const small = { receiveBuffer: 4000, maxReceiveBuffer: 4000 };

test(
  'the window closes as text arrives and opens as it is read',
  established({ tcp: small }, (talk) => {
    const { peer, app } = talk;
    for (const [i, window] of [3000, 2000, 1000, 0].entries()) {
      peer.sends(ACK, { payload: 1000 });
      peer.expects(ACK, { ack: 1001 + 1000 * i, window });
    }
    app.reads(4000);
    peer.expects(ACK, { ack: 4001, window: 4000, reason: 'window update' });
  }),
);

test(
  'MUST-39, bug 089: reading octet by octet does not open the window octet by octet',
  established({ tcp: small }, (talk) => {
    const { peer, app } = talk;
    for (let i = 0; i < 4; i++) {
      peer.sends(ACK, { payload: 1000 });
      talk.outgoing.length = 0;
    }
    for (let i = 0; i < 999; i++) app.reads(1, 1);
    peer.expectsSilence();
    app.reads(1, 1);
    peer.expects(ACK, { window: 1000 });
  }),
);

test(
  'MUST-39: an acknowledgment on the way does not carry a silly window either',
  established({ tcp: small }, (talk) => {
    const { peer, app } = talk;
    for (let i = 0; i < 4; i++) {
      peer.sends(ACK, { payload: 1000 });
      talk.outgoing.length = 0;
    }
    app.reads(10, 10);
    app.writes(100);
    peer.expects(ACK | PSH, { payload: 100, window: 0 });
    peer.sends(ACK);
  }),
);

test(
  'room beyond what the window field can name is no news: no acknowledgment is repeated for it',
  established({ tcp: { windowScale: false, receiveBuffer: 1_000_000 } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { payload: 1000 });
    peer.expects(ACK, { ack: 1001, window: 65_535 });
    app.reads(1000);
    peer.expectsSilence();
  }),
);

test(
  'a buffer of less than two segments still tells when it has been emptied',
  established({ tcp: { receiveBuffer: 1000, maxReceiveBuffer: 1000 } }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { payload: 900 });
    peer.expects(ACK, { ack: 901, window: 100 });
    app.reads(900);
    peer.expects(ACK, { ack: 901, window: 1000 });
  }),
);

test(
  'a closed window answers each probe, at whatever rate (bugs 268, 269)',
  established({ tcp: small }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK, { payload: 4000 });
    peer.expects(ACK, { window: 0 });
    for (let i = 0; i < 30; i++) {
      peer.sends(ACK, { seq: 4001, payload: 1 });
      peer.expects(ACK, { ack: 4001, window: 0 });
      peer.sends(ACK, { seq: 4000 }); // as Linux probes
      peer.expects(ACK, { ack: 4001, window: 0 });
    }
    app.reads(4000);
    peer.expects(ACK, { window: 4000 });
  }),
);

test(
  'MUST-66: a closed window takes a RST',
  established({ tcp: small }, (talk) => {
    const { peer } = talk;
    peer.sends(ACK, { payload: 4000 });
    peer.expects(ACK, { window: 0 });
    peer.sends(RST, { seq: 4001 });
    talk.is('CLOSED');
    talk.app.reads(4000); // what came before the reset can still be read
  }),
);

test(
  'SHLD-14, bug 080: with a scale of 7 the edge does not move left before segments of one octet',
  established(
    { tcp: { windowScale: true, ackDelay: 0, receiveBuffer: 4096, maxReceiveBuffer: 4_194_304 }, peer: { windowShift: 0 } },
    (talk) => {
      const { peer, app } = talk;
      expect(talk.connection.agreement.receiveShift).toBe(7);
      for (let i = 0; i < 1000; i++) {
        peer.sends(ACK, { payload: 1 }); // each answer is checked for its right edge
        talk.outgoing.length = 0;
      }
      app.reads(1000);
      talk.outgoing.length = 0;
    },
  ),
);

test(
  'the buffer grows while the application keeps up, up to its limit',
  established({ tcp: { windowScale: true, receiveBuffer: 4096, maxReceiveBuffer: 16_384 }, peer: { windowShift: 0 } }, (talk) => {
    const { peer, app } = talk;
    expect(talk.connection.receiver.limit).toBe(4096);
    for (let round = 0; round < 8; round++) {
      const bytes = Math.floor(talk.connection.rcv.wnd * 0.9);
      peer.sends(ACK, { payload: bytes });
      app.reads(bytes);
      talk.passes(10);
      talk.outgoing.length = 0;
    }
    expect(talk.connection.receiver.limit).toBe(16_384);
  }),
);

test(
  'after the FIN of the peer nobody wants to hear of our window',
  established({ tcp: small }, (talk) => {
    const { peer, app } = talk;
    peer.sends(ACK | FIN, { payload: 3000 });
    peer.expects(ACK, { ack: 3002 });
    app.reads(3000);
    peer.expectsSilence();
  }),
);

test('RFC 7323 §2.4: rounding up cannot go on for ever: a quarter of the buffer beyond it, and then the window is closed', () => {
  const space = new ReceiveSpace();
  const receiver = new Receiver(space, { ...DEFAULTS, receiveBuffer: 4096 });
  receiver.advertise(7);
  let sent = 0;
  for (; sent < 20_000 && before(space.nxt, space.edge); sent++) {
    receiver.store(space.nxt, Uint8Array.of(1), 0, 1);
    receiver.advertise(7);
  }
  expect(sent).toBeGreaterThan(4096);
  expect(sent).toBeLessThanOrEqual(4096 + 1024 + 128);
});
