/** Hosts that must fail every script which expects a packet: one that says nothing, one that says back what it hears. */

import type { Micros } from '../../stack/time.ts';
import type { CallRequest, Outcome, Pending, SocketState, Sut } from './sut.ts';

/** Everything works as in the host inside, except that no packet leaves it. */
export class NullSut implements Sut {
  onEmit: (packet: Uint8Array, note: string) => void = () => {};
  readonly inner: Sut;

  constructor(inner: Sut) {
    this.inner = inner;
    inner.onEmit = () => {};
  }

  get now(): Micros {
    return this.inner.now;
  }

  nextTimeout(): Micros {
    return this.inner.nextTimeout();
  }

  advance(to: Micros): void {
    this.inner.advance(to);
  }

  inject(packet: Uint8Array): void {
    this.inner.inject(packet);
  }

  call(request: CallRequest): Outcome | Pending {
    return this.inner.call(request);
  }

  info(fd: number): Readonly<Record<string, number>> | undefined {
    return this.inner.info(fd);
  }

  knob(name: string, value: string): void {
    this.inner.knob(name, value);
  }

  resetKnobs(): void {
    this.inner.resetKnobs();
  }

  states(): readonly SocketState[] {
    return this.inner.states();
  }

  drop(state: string | undefined): void {
    this.inner.drop(state);
  }
}

/** The null host with a mirror in front: every packet comes back with addresses and ports exchanged. */
export function echoing(inner: Sut): Sut {
  const host = new NullSut(inner);
  const inject = host.inject.bind(host);
  host.inject = (packet) => {
    inject(packet);
    host.onEmit(mirrored(packet), 'echo');
  };
  return host;
}

/** Exchanging words and ports leaves the checksums right. */
function mirrored(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  copy.set(packet.subarray(16, 20), 12);
  copy.set(packet.subarray(12, 16), 16);
  const at = ((packet[0] ?? 0) & 15) * 4;
  copy.set(packet.subarray(at + 2, at + 4), at);
  copy.set(packet.subarray(at, at + 2), at + 2);
  return copy;
}
