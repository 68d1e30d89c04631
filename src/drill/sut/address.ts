/** Socket addresses of scripts: `...` for the usual one, or a structure with family, port and address. */
import { parseV4 } from '../../stack/wire/ip-address.ts';
import type { Expr } from '../script/ast.ts';
import { Unsupported } from '../unsupported.ts';
import { fieldOf, numberOf } from './constants.ts';

export interface SocketAddress {
  /** A word; 0 is any address. */
  readonly address: number;
  readonly port: number;
}

/** @param usual what `...` stands for; undefined: nothing was written and nothing is meant */
export function addressOf(expr: Expr | undefined, usual: SocketAddress): SocketAddress {
  if (expr === undefined || expr.kind === 'any') return usual;
  if (fieldOf(expr, 'sin6_port', 'sin6_addr') !== undefined) throw new Unsupported('IPv6');
  const family = fieldOf(expr, 'sa_family', 'sin_family')?.value;
  if (family?.kind === 'word' && family.name === 'AF_INET6') throw new Unsupported('IPv6');
  const port = fieldOf(expr, 'sin_port')?.value;
  const address = fieldOf(expr, 'sin_addr')?.value;
  if (expr.kind !== 'struct' || port === undefined) throw new Unsupported('a socket address without sin_port');
  return {
    port: port.kind === 'any' ? usual.port : numberOf(port, 'sin_port'),
    address: address === undefined || address.kind === 'any' ? usual.address : wordOf(address),
  };
}

/** inet_addr("192.0.2.1"), INADDR_ANY or htonl(INADDR_ANY). */
function wordOf(expr: Expr): number {
  const inner = expr.kind === 'call' ? expr.args.at(-1) : expr;
  if (inner?.kind !== 'string') return numberOf(expr, 'sin_addr');
  const word = parseV4(inner.value);
  if (word === undefined) throw new Unsupported(`the address "${inner.value}"`);
  return word;
}
