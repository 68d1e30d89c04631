/** What a port of the spanning tree is called: by 802.1D-1998 where the bridge speaks STP, by RSTP's three states otherwise. */
import type { BridgeId } from '../../../stack/wire/bpdu.ts';
import { format } from '../../../stack/wire/mac-address.ts';
import type { TreePort } from './tree-port.ts';

export type PortState = 'disabled' | 'blocking' | 'listening' | 'discarding' | 'learning' | 'forwarding';

export function stateOf({ role, learn, forward, isEnabled }: TreePort, isRapid: boolean): PortState {
  if (!isEnabled) return 'disabled';
  if (forward) return 'forwarding';
  if (learn) return 'learning';
  if (isRapid) return 'discarding';
  return role === 'root' || role === 'designated' ? 'listening' : 'blocking';
}

/** "32768.02:53:00:00:00:01" */
export const bridgeText = ({ priority, mac }: BridgeId): string => `${priority}.${format(mac)}`;
