/** ICMP errors through a NAT: the packet that they quote is translated with them, or whoever gets them would not know it; RFC 5508 §4. */
import type { Packet } from '../../stack/bytes/packet.ts';
import type { FlowFault } from '../conntrack/flow.ts';
import { Flow, readQuote } from '../conntrack/flow.ts';
import type { End } from './mapping.ts';
import { rewriteQuote } from './rewrite.ts';
import type { Translator } from './translator.ts';

export interface ErrorInwards {
  readonly destination: End;
  /** Of an error that goes back inside by the way it came: who has sent it, as seen outside. */
  readonly source: End | undefined;
}

export type ErrorDrop = FlowFault | 'ICMP error about no mapping';

/** Errors neither make mappings nor keep them alive, and end none (RFC 5508 §4.3, REQ-6; RFC 4787 REQ-12). */
export class ErrorTranslator {
  readonly #translator: Translator;
  readonly #quote = new Flow();

  constructor(translator: Translator) {
    this.#translator = translator;
  }

  /**
   * An error for one of the addresses outside: it quotes a packet that has left by a mapping (RFC 5508 §4.2.1).
   * @returns whom it is for, and the quotation is changed already; 'untouched': about a packet of the host's own
   */
  inwards(packet: Packet, about: Flow, isFromOutside: boolean): ErrorInwards | 'untouched' | ErrorDrop {
    const quote = this.#quote;
    const fault = readQuote(packet.view, about, packet.end, quote);
    if (fault !== 'ok') return fault;
    const { protocol } = quote;
    const outside = { address: quote.source, port: quote.sourcePort };
    const inside = this.#translator.behind(protocol, outside);
    if (inside === undefined) return 'untouched';
    const source = isFromOutside ? undefined : this.#turnQuote(packet, about, outside);
    if (!isFromOutside && source === undefined) return 'ICMP error about no mapping';
    rewriteQuote(packet, about, quote, 'source', inside.address, inside.port);
    return { destination: { address: inside.address, port: 0 }, source };
  }

  /**
   * An error that leaves: it quotes a packet as it was seen inside (RFC 5508 §4.2.2).
   * @returns what it is seen as from outside, and the quotation is changed already
   */
  outwards(packet: Packet, about: Flow): End | ErrorDrop {
    const quote = this.#quote;
    const fault = readQuote(packet.view, about, packet.end, quote);
    if (fault !== 'ok') return fault;
    const inside = { address: quote.destination, port: quote.destinationPort };
    const remote = { address: quote.source, port: quote.sourcePort };
    const seen = this.#translator.seenAs(quote.protocol, inside, remote);
    if (seen === undefined) return 'ICMP error about no mapping';
    rewriteQuote(packet, about, quote, 'destination', seen.address, seen.port);
    return { address: seen.address, port: 0 };
  }

  /** An error of the host about a packet from inside that was to go back inside. */
  turnBack(packet: Packet, about: Flow): void {
    const quote = this.#quote;
    if (readQuote(packet.view, about, packet.end, quote) !== 'ok') return;
    const within = { address: quote.destination, port: quote.destinationPort };
    const neighbour = { address: quote.source, port: quote.sourcePort };
    const seen = this.#translator.seenInside(quote.protocol, within, neighbour);
    if (seen !== undefined) rewriteQuote(packet, about, quote, 'destination', seen.address, seen.port);
  }

  /** RFC 5508 §5 (REQ-7): the other side of the quotation stands inside too. */
  #turnQuote(packet: Packet, about: Flow, remote: End): End | undefined {
    const quote = this.#quote;
    const within = { address: quote.destination, port: quote.destinationPort };
    const seen = this.#translator.seenAs(quote.protocol, within, remote);
    if (seen === undefined) return undefined;
    rewriteQuote(packet, about, quote, 'destination', seen.address, seen.port);
    return { address: seen.address, port: 0 };
  }
}
