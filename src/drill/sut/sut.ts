/** The host under test, as the engine sees it: the only door between a script and a stack. */
import type { Micros } from '../../stack/time.ts';
import type { Expr } from '../script/ast.ts';

export interface Sut {
  /** Virtual time; whatever the host's clock shows when the script begins is its zero. */
  readonly now: Micros;
  /** Told of every IPv4 packet that the host sends, and of the host's reason where it has one. */
  onEmit: (packet: Uint8Array, note: string) => void;
  /** When the host has to be advanced at the latest; NEVER when it waits for nothing. */
  nextTimeout(): Micros;
  /** Lets time pass. The caller does not go beyond `nextTimeout()`. */
  advance(to: Micros): void;
  /** An IPv4 packet arrives. */
  inject(packet: Uint8Array): void;
  /** A system call. @throws Unsupported */
  call(request: CallRequest): Outcome | Pending;
  /** TCP_INFO of a descriptor by its kernel's names; what is not in it the host cannot tell. */
  info(fd: number): Readonly<Record<string, number>> | undefined;
  /**
   * Sets a system-wide value by the name of its sysctl; `link.mtu` is the device's, `route.NAME` an attribute of the path, and
   * both stay when sysctls are reset. @throws Unsupported
   */
  knob(name: string, value: string): void;
  /** Back to the personality. */
  resetKnobs(): void;
  /** Every connection and listener. */
  states(): readonly SocketState[];
  /** Aborts every connection in a state, by sockstat's name; all of them without one. */
  drop(state: string | undefined): void;
}

export interface SocketState {
  /** As sockstat prints it: SYN_RCVD, FIN_WAIT_1, LISTEN ... */
  readonly state: string;
  readonly localPort: number;
  readonly remotePort: number;
}

export interface CallRequest {
  readonly name: string;
  readonly args: readonly Expr[];
  /** The result that the script expects: the number under which it will speak of a new descriptor. */
  readonly wanted: number;
}

/** What a call returned. */
export interface Outcome {
  readonly kind: 'outcome';
  readonly value: number;
  /** With a value of -1. */
  readonly errno: string | undefined;
  /** What the call wrote into its arguments, beside what the script wrote there. */
  readonly outs: readonly Out[];
  /** What no script has to say to be wrong: data read that the peer did not send. */
  readonly fault?: string;
  /** What recvmsg tells beside the data; undefined: nothing that is known well enough to be compared. */
  readonly told?: { readonly flags: number; readonly control: readonly ControlMessage[] };
}

/** A control message by Linux's numbers; of a structure the fields. */
export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: number | Readonly<Record<string, number>>;
}

export interface Out {
  readonly what: string;
  readonly expected: Expr;
  readonly actual: number;
}

/** A call that blocks. */
export interface Pending {
  readonly kind: 'pending';
  /** The outcome once there is one; to be asked after every step. */
  poll(): Outcome | undefined;
}

export const ok = (value: number, outs: readonly Out[] = []): Outcome => ({ kind: 'outcome', value, errno: undefined, outs });
export const failed = (errno: string): Outcome => ({ kind: 'outcome', value: -1, errno, outs: [] });
