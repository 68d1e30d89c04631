/** A table of what happens and the words for it: each row is a test. */
import { describe, expect, test } from 'vitest';
import type { TcpOptions } from '../../src/stack/index.ts';
import { ACK } from '../../src/stack/wire/tcp.ts';
import { Talk } from './talk.ts';

export interface Row {
  readonly what: string;
  readonly tcp?: Partial<TcpOptions>;
  /** What is said by the peer's SYN; a row without a connection leaves `establish` out. */
  readonly does: (talk: Talk) => unknown;
  /** Of every frame in the direction of the table, since the row began. */
  readonly says: readonly string[];
}

/** @param direction of the frames whose comments are held against the rows */
export function rowsOf(direction: 'in' | 'out'): (title: string, all: readonly Row[]) => void {
  return (title, all) =>
    describe(title, () => {
      for (const { what, tcp, does, says } of all) {
        test(what, () => {
          const talk = new Talk({ sack: false, timestamps: false, windowScale: false, ...tcp });
          does(talk);
          expect(talk.events(direction)).toEqual(says);
        });
      }
    });
}

/** A segment of 100 bytes from the peer. */
export const data = (talk: Talk, seq: number, more: object = {}): Talk => talk.peer(ACK, { seq, ack: 1, text: 100, ...more });
