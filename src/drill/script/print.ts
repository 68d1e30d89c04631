/** From tree to text: what the parser reads back as the same tree, and what a verdict shows of a packet. */
import { SECOND } from '../../stack/time.ts';
import { ACK, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../../stack/wire/tcp.ts';
import type {
  Action,
  Body,
  CallAction,
  EventTime,
  Expr,
  Icmp,
  IpItem,
  PacketAction,
  Script,
  SeqRange,
  Tcp,
  TcpOption,
} from './ast.ts';
import { AE } from './ast.ts';

export function print(script: Script): string {
  const options = script.options.map(({ name, value }) => `--${name}${value === undefined ? '' : `=${quotedValue(value)}`}`);
  const events = script.events.map(({ time, action }) => `${printTime(time)} ${printAction(action)}`);
  const command = ({ text }: { text: string }): string => `\`${text}\``;
  return [...options, ...script.init.map(command), ...events, ...script.cleanup.map(command), ''].join('\n');
}

const quotedValue = (value: string): string => (/[\s"#]|^$|^\/[/*]/.test(value) ? `"${value}"` : value);

const seconds = (micros: number): string => (micros / SECOND).toFixed(6);

export function printTime(time: EventTime): string {
  if (time.kind === 'any') return '*';
  const sign = time.kind === 'relative' ? '+' : '';
  return `${sign}${seconds(time.from)}${time.to === time.from ? '' : `~${sign}${seconds(time.to)}`}`;
}

export function printAction(action: Action): string {
  switch (action.kind) {
    case 'packet':
      return printPacket(action);
    case 'call':
      return printCall(action);
    case 'command':
      return `\`${action.text}\``;
    case 'code':
      return `%{${action.text}}%`;
  }
}

function printCall({ end, name, args, result, errno, note }: CallAction): string {
  const until = end === undefined ? '' : `...${seconds(end)} `;
  const value = result.kind === 'any' ? '?' : printExpression(result);
  const words = note === undefined ? '' : ` (${note})`;
  return `${until}${name}(${args.map(printExpression).join(', ')}) = ${value}${errno === undefined ? '' : ` ${errno}`}${words}`;
}

export function printExpression(expr: Expr): string {
  switch (expr.kind) {
    case 'any':
      return '...';
    case 'number':
      return String(expr.value);
    case 'word':
      return expr.name;
    case 'string':
      return `"${expr.value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\0', '\\0')}"`;
    case 'or':
      return expr.terms.map(printExpression).join('|');
    case 'not':
      return `~${printExpression(expr.of)}`;
    case 'list':
      return `[${expr.items.map(printExpression).join(', ')}]`;
    case 'call':
      return `${expr.name}(${expr.args.map(printExpression).join(', ')})`;
    case 'struct':
      return `{${expr.fields.map(printField).join(', ')}}`;
  }
}

function printField({ name, of, value }: { name: string | undefined; of: Expr | undefined; value: Expr }): string {
  if (name === undefined) return printExpression(value);
  return `${name}${of === undefined ? '' : `(${printExpression(of)})`}=${printExpression(value)}`;
}

export function printPacket({ direction, ip, ports, body }: PacketAction): string {
  const items = ip.length === 0 ? '' : `[${ip.map(printIpItem).join(', ')}] `;
  const ends = ports === undefined ? '' : `${ports.source} > ${ports.destination} `;
  return `${direction === 'in' ? '<' : '>'} ${items}${ends}${printBody(body)}`;
}

function printIpItem(item: IpItem): string {
  return item.kind === 'ecn' ? item.value : `${item.kind} 0x${item.value.toString(16)}`;
}

export function printBody(body: Body): string {
  switch (body.kind) {
    case 'tcp':
      return printTcp(body);
    case 'udp':
      return `udp(${body.length})`;
    case 'icmp':
      return printIcmp(body);
    case 'foreign':
      return `${body.name} ${body.text}`;
  }
}

const LETTERS: readonly (readonly [number, string])[] = [
  [SYN, 'S'],
  [FIN, 'F'],
  [RST, 'R'],
  [PSH, 'P'],
  [URG, 'U'],
  [ECE, 'E'],
  [CWR, 'W'],
  [AE, 'A'],
  [ACK, '.'],
];

export const printFlags = (flags: number): string =>
  LETTERS.filter(([bit]) => flags & bit)
    .map(([, letter]) => letter)
    .join('') || '-';

export function printSeq(seq: SeqRange): string {
  if (seq.kind === 'any') return `...(${seq.length})`;
  return `${seq.from}:${seq.to}(${seq.length})${seq.absolute ? '!' : ''}`;
}

function printTcp({ flags, seq, ack, window, urgent, options, udp }: Tcp): string {
  return [
    printFlags(flags),
    printSeq(seq),
    ack === undefined ? '' : `ack ${ack}`,
    window === undefined ? '' : `win ${window}`,
    urgent === undefined ? '' : `urg ${urgent}`,
    printOptions(options),
    udp === undefined ? '' : `/udp(${udp.source} > ${udp.destination})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

export function printOptions(options: readonly TcpOption[] | 'any'): string {
  if (options === 'any') return '<...>';
  return options.length === 0 ? '' : `<${options.map(printOption).join(',')}>`;
}

export function printOption(option: TcpOption): string {
  switch (option.kind) {
    case 'mss':
    case 'wscale':
      return `${option.kind} ${option.value}`;
    case 'sack':
      return `sack ${option.blocks.map(([left, right]) => `${left}:${right}`).join(' ')}`;
    case 'TS':
      return `TS val ${option.val} ecr ${option.ecr}`;
    case 'FO':
    case 'FOEXP':
      return `${option.kind} ${option.cookie}`.trimEnd();
    case 'md5':
      return `md5 ${option.digest}`.trimEnd();
    case 'generic':
      return `gen-${option.number} ${option.data}`.trimEnd();
    case 'unknown':
      return option.text;
    default:
      return option.kind;
  }
}

function printIcmp({ version, type, code, mtu, id, quoted }: Icmp): string {
  return [
    version === 4 ? 'icmp' : 'icmpv6',
    type,
    code ?? '',
    mtu === undefined ? '' : `mtu ${mtu}`,
    id === undefined ? '' : `id ${id}`,
    quoted === undefined ? '' : `[${quoted.kind === 'udp' ? `udp(${quoted.length})` : printSeq(quoted)}]`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
