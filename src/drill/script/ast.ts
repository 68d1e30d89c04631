/** A script as a tree: what the parser makes of the text, what the printer turns back, what the engine runs. */
import type { Micros } from '../../stack/time.ts';

/** Whose habits a script follows. Both dialects have one grammar here; the dialect chooses the personality of the stack. */
export type Dialect = 'google' | 'freebsd';

export interface Script {
  readonly options: readonly ScriptOption[];
  /** Shell commands before the first event. */
  readonly init: readonly Command[];
  readonly events: readonly ScriptEvent[];
  /** Shell commands behind the last event. */
  readonly cleanup: readonly Command[];
}

/** `--name=value`. */
export interface ScriptOption {
  readonly line: number;
  readonly name: string;
  readonly value: string | undefined;
}

export interface Command {
  readonly line: number;
  readonly text: string;
}

export interface ScriptEvent {
  readonly line: number;
  readonly time: EventTime;
  readonly action: Action;
}

/** `from` and `to` are equal unless a range was written. Relative times count from the event before. */
export type EventTime =
  | { readonly kind: 'absolute' | 'relative'; readonly from: Micros; readonly to: Micros }
  | { readonly kind: 'any' };

export type Action = PacketAction | CallAction | CommandAction | CodeAction;

export interface PacketAction {
  readonly kind: 'packet';
  /** Seen from the host under test. */
  readonly direction: 'in' | 'out';
  readonly ip: readonly IpItem[];
  readonly ports: Ports | undefined;
  readonly body: Body;
}

export interface Ports {
  readonly source: number;
  readonly destination: number;
}

export type Ecn = 'ect0' | 'ect1' | 'ect01' | 'ce' | 'noecn';
export type IpItem =
  | { readonly kind: 'ecn'; readonly value: Ecn }
  | { readonly kind: 'tos' | 'ttl' | 'flowlabel'; readonly value: number };

export type Body = Tcp | Udp | Icmp | Foreign;

export interface Tcp {
  readonly kind: 'tcp';
  /** Nine bits: the eight of RFC 9293 and the ninth, AE, of accurate ECN. */
  readonly flags: number;
  readonly seq: SeqRange;
  /** undefined: not written. */
  readonly ack: number | undefined;
  readonly window: number | undefined;
  readonly urgent: number | undefined;
  /** `any`: written as `<...>`. */
  readonly options: readonly TcpOption[] | 'any';
  /** Encapsulated in UDP between these ports. */
  readonly udp: Ports | undefined;
}

/** AE of accurate ECN, the bit below the header length. */
export const AE = 0x100;

export type SeqRange =
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly length: number; readonly absolute: boolean }
  | { readonly kind: 'any'; readonly length: number };

export type TcpOption =
  | { readonly kind: 'mss' | 'wscale'; readonly value: number }
  | { readonly kind: 'sackOK' | 'nop' | 'eol' }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [number, number])[] }
  | { readonly kind: 'TS'; readonly val: number; readonly ecr: number }
  /** TCP Fast Open, RFC 7413, with the cookie in hexadecimal; `FOEXP` in the experimental option. */
  | { readonly kind: 'FO' | 'FOEXP'; readonly cookie: string }
  /** `valid` or the digest in hexadecimal. */
  | { readonly kind: 'md5'; readonly digest: string }
  /** Any option by its number: the data in hexadecimal. */
  | { readonly kind: 'generic'; readonly number: number; readonly data: string }
  /** An option that this runner does not know, as it was written. */
  | { readonly kind: 'unknown'; readonly text: string };

export interface Udp {
  readonly kind: 'udp';
  readonly length: number;
}

export interface Icmp {
  readonly kind: 'icmp';
  readonly version: 4 | 6;
  readonly type: string;
  readonly code: string | undefined;
  readonly mtu: number | undefined;
  readonly id: number | undefined;
  readonly quoted: SeqRange | Udp | undefined;
}

/** A packet of a protocol that nobody here speaks: it parses, and running it is unsupported. */
export interface Foreign {
  readonly kind: 'foreign';
  readonly name: string;
  readonly text: string;
}

export interface CallAction {
  readonly kind: 'call';
  /** When a blocking call shall return, counted as the event's own time is; undefined: at once. */
  readonly end: Micros | undefined;
  readonly name: string;
  readonly args: readonly Expr[];
  readonly result: Expr;
  readonly errno: string | undefined;
  /** The words in parentheses, which nobody compares. */
  readonly note: string | undefined;
}

export interface CommandAction {
  readonly kind: 'command';
  readonly text: string;
}

export interface CodeAction {
  readonly kind: 'code';
  readonly text: string;
}

export type Expr =
  | { readonly kind: 'any' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'or'; readonly terms: readonly Expr[] }
  | { readonly kind: 'not'; readonly of: Expr }
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: 'struct'; readonly fields: readonly Field[] };

/** `name(of)=value`, `name=value` or a bare value. */
export interface Field {
  readonly name: string | undefined;
  readonly of: Expr | undefined;
  readonly value: Expr;
}
