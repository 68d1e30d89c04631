/** The BPDUs of spanning trees, IEEE 802.1D-2004 §9: what the frames of bridges say. */
import * as bpdus from '../../stack/wire/bpdu.ts';
import * as mac from '../../stack/wire/mac-address.ts';
import type { Span } from './dissected.ts';

/** A bridge as people write it: "32768.02:53:00:00:00:01". */
export type BridgeName = string;

export interface Stp extends Span {
  readonly kind: 'stp';
  readonly type: number;
  /** Of RSTP as well as of STP; their meaning is in wire/bpdu.ts. 0 in notifications, which have none of what follows. */
  readonly flags: number;
  readonly root: BridgeName;
  readonly cost: number;
  readonly bridge: BridgeName;
  readonly port: number;
  /** In seconds. */
  readonly messageAge: number;
}

/** @returns undefined when it is none that is known, or not whole */
export function dissectStp(view: DataView, at: number, end: number): Stp | undefined {
  const bpdu = bpdus.decodeBody(view, at, end);
  if (bpdu === undefined) return undefined;
  const { type, flags, root, cost, bridge, port, messageAge } = bpdu;
  return {
    kind: 'stp',
    at,
    length: bpdus.lengthOf(type),
    type,
    flags,
    root: nameOf(root),
    cost,
    bridge: nameOf(bridge),
    port,
    messageAge: messageAge / bpdus.UNITS_PER_SECOND,
  };
}

const nameOf = ({ priority, mac: address }: bpdus.BridgeId): BridgeName => `${priority}.${mac.format(address)}`;
