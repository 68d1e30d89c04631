/** A message of DNS as programs see it, RFC 1035 §4.1: who asks what, and records in three sections. */

/** The data of a record, by its type. Names are absolute, without the dot at the end. */
export type RecordData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'NS' | 'CNAME' | 'PTR'; readonly target: string }
  | SoaData
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  /** A character for each byte: 0 to 255. */
  | { readonly type: 'TXT'; readonly texts: readonly string[] }
  | SrvData
  /** Any other: its bytes as they stand, RFC 3597. */
  | { readonly type: 'other'; readonly code: number; readonly bytes: Uint8Array };

/** RFC 1035 §3.3.13; times in seconds. */
export interface SoaData {
  readonly type: 'SOA';
  /** The server where the zone is written. */
  readonly primary: string;
  /** A mailbox as a name: its first dot stands for the @. */
  readonly mailbox: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** How long a negative answer holds, RFC 2308 §4. */
  readonly minimum: number;
}

/** RFC 2782. */
export interface SrvData {
  readonly type: 'SRV';
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** A record of class IN. */
export interface DnsRecord {
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  readonly data: RecordData;
}

export interface DnsQuestion {
  readonly name: string;
  /** A mnemonic such as A or MX, ANY, or TYPE65 for a number that has none here. */
  readonly type: string;
  /** 'IN', or another mnemonic. */
  readonly class: string;
}

/** EDNS, RFC 6891 §6.1. */
export interface Edns {
  /** The longest UDP payload that its sender takes. */
  readonly size: number;
  readonly version: number;
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  /** 0: a query. */
  readonly opcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  /** With the upper bits that EDNS adds. */
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly edns?: Edns | undefined;
}

export const NOERROR = 0;
export const FORMERR = 1;
export const SERVFAIL = 2;
export const NXDOMAIN = 3;
export const NOTIMP = 4;
export const REFUSED = 5;
/** RFC 6891 §6.1.3. */
export const BADVERS = 16;

/** The types that are more than a number here. */
export const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

const MNEMONICS: ReadonlyMap<number, string> = new Map(Object.entries(TYPES).map(([name, code]) => [code, name]));

/** RFC 3597 §5: TYPE65 for those without a mnemonic here. */
export const typeName = (code: number): string => MNEMONICS.get(code) ?? `TYPE${code}`;

/** @returns undefined when it is neither a mnemonic of ours nor TYPE and a number */
export function typeCode(name: string): number | undefined {
  const upper = name.toUpperCase();
  if (Object.hasOwn(TYPES, upper)) return TYPES[upper as keyof typeof TYPES];
  const number = /^TYPE(\d{1,5})$/.exec(upper)?.[1];
  return number === undefined || Number(number) > 0xffff ? undefined : Number(number);
}

const RCODES: Readonly<Record<number, string>> = {
  [NOERROR]: 'NOERROR',
  [FORMERR]: 'FORMERR',
  [SERVFAIL]: 'SERVFAIL',
  [NXDOMAIN]: 'NXDOMAIN',
  [NOTIMP]: 'NOTIMP',
  [REFUSED]: 'REFUSED',
  [BADVERS]: 'BADVERS',
};

export const rcodeName = (rcode: number): string => RCODES[rcode] ?? `RCODE${rcode}`;

/** The type of a record, in the words of questions. */
export const typeOf = ({ data }: DnsRecord): string => (data.type === 'other' ? typeName(data.code) : data.type);

/** The payload that is never too long: DNS Flag Day 2020 fits every path without fragments. */
export const UDP_SIZE = 1_232;
/** RFC 1035 §4.2.1: without EDNS. */
export const PLAIN_UDP_SIZE = 512;

/** A question as it is asked. */
export const queryFor = (
  id: number,
  question: DnsQuestion,
  { recursionDesired = false, edns = { size: UDP_SIZE, version: 0 } as Edns | undefined } = {},
): DnsMessage => ({
  id,
  isResponse: false,
  opcode: 0,
  isAuthoritative: false,
  isTruncated: false,
  recursionDesired,
  recursionAvailable: false,
  rcode: NOERROR,
  questions: [question],
  answers: [],
  authorities: [],
  additionals: [],
  edns,
});

/** What an answer says beside its header. */
export type Answering = Partial<
  Pick<DnsMessage, 'answers' | 'authorities' | 'additionals' | 'isAuthoritative' | 'recursionAvailable' | 'rcode'>
>;

/** The response to a query. EDNS is spoken to those who speak it (RFC 6891 §6.1.1). */
export const responseTo = (query: DnsMessage, answering: Answering): DnsMessage => ({
  ...query,
  isResponse: true,
  isAuthoritative: false,
  isTruncated: false,
  recursionAvailable: false,
  rcode: NOERROR,
  answers: [],
  authorities: [],
  additionals: [],
  ...answering,
  edns: query.edns && { size: UDP_SIZE, version: 0 },
});
