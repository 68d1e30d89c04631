/** What a bridge tells its neighbour, in words. */
import * as bpdus from '../../stack/wire/bpdu.ts';
import type { Stp } from '../dissect/dissect-stp.ts';
import { bpduRole } from '../dissect/names.ts';

/** "RSTP proposal: root 4096.02:53:…, cost 20000 by 8192.02:53:…, port 0x8001 designated, discarding" */
export function stpPhrase({ type, flags, root, cost, bridge, port }: Stp): string {
  if (type === bpdus.TYPE_NOTIFICATION) return 'STP topology change notification';
  const isRapid = type === bpdus.TYPE_RAPID;
  const marks = [
    isRapid && (flags & bpdus.PROPOSAL) !== 0 ? 'proposal' : '',
    isRapid && (flags & bpdus.AGREEMENT) !== 0 ? 'agreement' : '',
    (flags & bpdus.TOPOLOGY_CHANGE) !== 0 ? 'topology change' : '',
    (flags & bpdus.TOPOLOGY_CHANGE_ACK) !== 0 ? 'topology change acknowledged' : '',
  ].filter((mark) => mark !== '');
  const what = [isRapid ? 'RSTP' : 'STP', marks.join(', ')].filter((word) => word !== '').join(' ');
  const place = `port 0x${port.toString(16)}${isRapid ? ` ${bpduRole(flags)}, ${stateName(flags)}` : ''}`;
  return `${what}: root ${root}, cost ${cost} by ${bridge}, ${place}`;
}

function stateName(flags: number): string {
  if ((flags & bpdus.FORWARDING) !== 0) return 'forwarding';
  return (flags & bpdus.LEARNING) !== 0 ? 'learning' : 'discarding';
}
