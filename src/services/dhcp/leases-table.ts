/** A server's leases as people read them. */
import type { Micros } from '../../stack/index.ts';
import type { Lease } from './lease.ts';
import { timeWords } from './words.ts';

export interface LeasesTable {
  /** The name of the server. */
  readonly of: string;
  readonly kind: 'leases';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that change as time passes, by number. */
  readonly passing: readonly number[];
}

/** By address. @param now on the server's clock */
export function leasesTable(of: string, leases: readonly Lease[], now: Micros): LeasesTable {
  const sorted = [...leases].sort((a, b) => orderOf(a) - orderOf(b));
  const rows = sorted.map((lease) => [lease.address, macOf(lease), lease.hostName, stateOf(lease, now), leftOf(lease, now)]);
  return { of, kind: 'leases', columns: ['address', 'Ethernet address', 'host', 'state', 'left'], rows, passing: [4] };
}

const orderOf = ({ address }: Lease): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

const macOf = ({ state, mac }: Lease): string => (state === 'declined' ? '' : mac);

function stateOf({ state, expires }: Lease, now: Micros): string {
  if (state === 'declined') return expires > now ? 'in use by somebody else' : 'free';
  return state !== 'released' && expires <= now ? 'expired' : state;
}

function leftOf({ state, expires }: Lease, now: Micros): string {
  if (state === 'released' || expires <= now) return '';
  return expires === Number.POSITIVE_INFINITY ? 'for ever' : timeWords(expires - now);
}
