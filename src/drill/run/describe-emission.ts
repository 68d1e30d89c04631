/** A packet of the host in the words of the script language, with the host's own reason behind it. */
import { formatV4 } from '../../stack/wire/ip-address.ts';
import { printBody } from '../script/print.ts';
import type { Emission } from '../wire/emission.ts';
import { namesOf } from '../wire/icmp-names.ts';
import type { Flow } from './flow.ts';

/** @param flow whose numbers are used; the live ones without */
export function describeEmission(emission: Emission, flow: Flow | undefined): string {
  const reason = emission.note === '' ? '' : `   [${emission.note}]`;
  return `> ${bodyOf(emission, flow)}${reason}`;
}

function bodyOf({ transport, payloadLength, ip }: Emission, flow: Flow | undefined): string {
  switch (transport.kind) {
    case 'tcp': {
      if (flow !== undefined) return printBody(flow.toScript(transport, payloadLength));
      const ports = `${transport.source} > ${transport.destination} `;
      const range = {
        kind: 'range',
        from: transport.seq,
        to: (transport.seq + payloadLength) >>> 0,
        length: payloadLength,
      } as const;
      const { flags, ack, window, urgent, options } = transport;
      return (
        ports +
        printBody({
          kind: 'tcp',
          flags,
          seq: { ...range, absolute: true },
          ack,
          window,
          urgent: urgent || undefined,
          options,
          udp: undefined,
        })
      );
    }
    case 'udp':
      return `${transport.source} > ${transport.destination} udp(${payloadLength})`;
    case 'icmp': {
      const { type, code } = namesOf(transport.type, transport.code);
      return `icmp ${type}${code === undefined ? '' : ` ${code}`}`;
    }
    case 'other':
      return `IP protocol ${transport.protocol} to ${formatV4(ip.destination)}, ${payloadLength} bytes`;
  }
}
