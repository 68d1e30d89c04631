/** A peer of a stack whose capture explains itself: numbers are relative, and what the comments say is looked at piece by piece. */
import { FrameLog } from '../../src/capture/index.ts';
import type { TcpOptions } from '../../src/stack/index.ts';
import type { Connection } from '../../src/stack/tcp/connection.ts';
import type { Listener } from '../../src/stack/tcp/open/listener.ts';
import { ACK, SYN } from '../../src/stack/wire/tcp.ts';
import * as frames from '../capture/frames.ts';
import { Station, viewOf } from '../station.ts';

/** Of the peer. */
const ISS = 1000;
const SEQ = 34 + 4;

export interface Said extends Omit<frames.TcpOptions, 'flags' | 'payload'> {
  /** Bytes of text. */
  readonly text?: number;
  /** Without options: of the handshake. */
  readonly timestamps?: readonly [value: number, echo: number];
}

export class Talk {
  readonly log = new FrameLog();
  readonly station: Station;
  readonly listener: Listener;
  /** Of the stack, once it has said it. */
  iss = 0;
  connection!: Connection;

  constructor(tcp: Partial<TcpOptions> = {}, acquainted = true) {
    this.station = new Station({ explained: this.log, tcp, acquainted });
    this.listener = this.station.stack.tcp.listen(80);
    this.news();
  }

  /** Connected by the peer. @param syn what its SYN carries @param rtt in milliseconds */
  establish(syn: frames.TcpOptions['segment'] = {}, said: Said = {}, rtt = 0): this {
    this.peer(SYN, { seq: 0, segment: { mss: 1000, ...syn }, ...said });
    this.iss = viewOf(this.station.expects('[S.]')).getUint32(SEQ);
    this.passes(rtt).peer(ACK, { seq: 1, ack: 1, ...said });
    this.connection = this.listener.accept()!;
    this.news();
    return this;
  }

  /** A segment from the peer; `seq`, `ack` and the edges of `sack` are relative. */
  peer(flags: number, { seq = 1, ack = 0, text = 0, sack = [], timestamps, segment = {}, ...rest }: Said): this {
    const stamps = timestamps === undefined ? {} : { hasTimestamps: true, tsValue: timestamps[0], tsEcho: timestamps[1] };
    const frame = frames.tcpFrame({
      flags,
      seq: ISS + seq,
      ack: (flags & ACK) !== 0 ? this.iss + ack : 0,
      payload: frames.pattern(text),
      sack: sack.map((edge) => this.iss + edge),
      segment: { ...segment, ...stamps },
      ...rest,
    });
    this.station.sends(frame);
    return this;
  }

  writes(length: number): this {
    this.connection.send(frames.pattern(length));
    this.station.runs();
    return this;
  }

  reads(length: number): this {
    this.connection.receive(new Uint8Array(length));
    this.station.runs();
    return this;
  }

  passes(milliseconds: number): this {
    this.station.passes(milliseconds * 1000);
    return this;
  }

  /** What the comments say since the last look: "in duplicate ACK 1", numbers behind a bar. */
  news(): string[] {
    const all = this.log.frames().map(({ direction, comment }) => `${direction} ${comment.replace('\n', ' | ')}`);
    this.log.clear();
    this.station.device.outgoing.length = 0;
    return all;
  }

  /** The same without numbers, of what arrived or left. */
  events(direction: 'in' | 'out'): string[] {
    return this.news()
      .filter((line) => line.startsWith(`${direction} `))
      .map((line) => line.slice(direction.length + 1).replace(/(^| \| )(cwnd|ssthresh|flight|srtt|RTO) \d.*$/, ''));
  }
}
