/** The names that scripts use for ICMP types and codes, RFC 792, RFC 1191, RFC 1812. */
import type { Icmp } from '../script/ast.ts';

const TYPES: Readonly<Record<string, number>> = {
  echo_reply: 0,
  unreachable: 3,
  source_quench: 4,
  redirect: 5,
  echo_request: 8,
  time_exceeded: 11,
  parameter_problem: 12,
};

const CODES: Readonly<Record<number, readonly string[]>> = {
  3: [
    'net_unreachable',
    'host_unreachable',
    'protocol_unreachable',
    'port_unreachable',
    'frag_needed',
    'source_route_failed',
    'net_unknown',
    'host_unknown',
    'source_host_isolated',
    'net_prohibited',
    'host_prohibited',
    'net_unreachable_for_tos',
    'host_unreachable_for_tos',
    'packet_filtered',
    'precedence_violation',
    'precedence_cutoff',
  ],
  11: ['ttl_exceeded', 'fragment_reassembly_time_exceeded'],
};

/** @returns undefined for a name that is not known */
export function numbersOf({ type, code }: Icmp): { readonly type: number; readonly code: number } | undefined {
  const typeNumber = /^\d+$/.test(type) ? Number(type) : TYPES[type];
  if (typeNumber === undefined) return undefined;
  if (code === undefined) return { type: typeNumber, code: 0 };
  const codeNumber = /^\d+$/.test(code) ? Number(code) : (CODES[typeNumber]?.indexOf(code) ?? -1);
  return codeNumber < 0 ? undefined : { type: typeNumber, code: codeNumber };
}

export function namesOf(type: number, code: number): { readonly type: string; readonly code: string | undefined } {
  const name = Object.entries(TYPES).find(([, number]) => number === type)?.[0];
  const codeName = CODES[type]?.[code] ?? (code === 0 ? undefined : String(code));
  return { type: name ?? String(type), code: codeName };
}
