/** An application's bug ends neither the run of its host nor the turn of the other applications. */
import { expect, test } from 'vitest';
import { Guard } from '../../src/stack/host/guard.ts';
import { ipv4 } from '../../src/stack/wire/ip-address.ts';
import { SYN } from '../../src/stack/wire/tcp.ts';
import { A, B, pattern, tcpFrame } from '../capture/frames.ts';
import type { StationOptions } from '../station.ts';
import { icmpMessage, ipFrame, Station, udpMessage } from '../station.ts';

const bug = (name: string) => (): never => {
  throw new Error(`bug of ${name}`);
};

/** A host whose every application throws, but for the last UDP socket. */
function buggy(options: StationOptions = {}) {
  const s = new Station({ onDrop: bug('onDrop'), ...options });
  const heard: number[] = [];
  const open = (port: number, notify: (events: number) => void): void => {
    const endpoint = s.stack.udp.open({ port });
    if (typeof endpoint === 'string') throw new Error(endpoint);
    endpoint.owner = { notify };
  };
  open(53, bug('the socket on 53'));
  open(54, (events) => heard.push(events));
  s.stack.tcp.listen(80).owner = { notify: bug('the listener') };
  const connection = s.stack.tcp.connect(ipv4(A), 443, s.now);
  connection.app.owner = { notify: bug('the connection') };
  s.runs();
  s.expects('[S]');
  s.stack.icmp.echoListeners.set(7, bug('ping'));
  return { s, heard, connection };
}

const frames = (port: number): Uint8Array[] => [
  ipFrame({ protocol: 1, payload: icmpMessage(0, 0, 0x7_0001, pattern(8)) }),
  ipFrame({ to: '10.0.0.9' }),
  ipFrame({ payload: udpMessage(5000, 53, pattern(1)) }),
  ipFrame({ payload: udpMessage(5000, 54, pattern(1)) }),
  tcpFrame({ from: A, to: B, sourcePort: 443, destinationPort: port, flags: 0x14, ack: 1 }),
  tcpFrame({ flags: SYN }),
];

test('with onError everything goes on, and each error is told once', () => {
  const errors: string[] = [];
  const { s, heard, connection } = buggy({ onError: (error) => errors.push(String(error)) });
  s.sends(...frames(connection.id.localPort));
  s.expects('10.0.0.2:80 > 10.0.0.1:43210 [S.]');
  expect(heard).toEqual([1]);
  expect(errors.sort()).toEqual(['onDrop', 'onDrop', 'ping', 'the socket on 53'].map((name) => `Error: bug of ${name}`).sort());
});

test('without onError the first is thrown when the run is done: all frames taken, all others told, all answers sent', () => {
  const { s, heard, connection } = buggy();
  expect(() => s.sends(...frames(connection.id.localPort))).toThrow('bug of ping');
  s.expects('10.0.0.2:80 > 10.0.0.1:43210 [S.]');
  expect(heard).toEqual([1]);
  s.runs(); // and the next run is a run like any other
  expect(s.stack.counters.udpIn).toBe(2);
});

test('owners of connections and listeners that throw are told about once and do not keep the others from their turn', () => {
  const errors: string[] = [];
  const s = new Station({ onError: (error) => errors.push(String(error)) });
  const told: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    const connection = s.stack.tcp.connect(ipv4('10.0.0.9'), 80, s.now);
    connection.app.owner = {
      notify: () => {
        told.push(name);
        if (name !== 'third') throw new Error(name);
      },
    };
  }
  s.passes(4_000_000);
  expect(told).toEqual(['first', 'second', 'third']);
  expect(errors).toEqual(['Error: first', 'Error: second']);
});

test('an observer of errors that throws itself is not silent either', () => {
  const guard = new Guard(bug('onError'));
  expect(guard.call(bug('the application'))).toBe(false);
  expect(guard.call(() => {})).toBe(true);
  expect(() => guard.rethrow()).toThrow('bug of onError');
  guard.rethrow();
});
