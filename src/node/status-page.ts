/** The status of a stack as one HTML page that needs nothing but itself. */
import type { Offload } from '../stack/index.ts';
import type { StackDescription } from './describe-stack.ts';
import { lossesOf } from './drop-summary.ts';

export interface StatusPageData extends StackDescription {
  readonly title: string;
  readonly memory: Readonly<Record<string, number>>;
}

type Cell = string | number | undefined;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #0b7285; }
@media (prefers-color-scheme: dark) { :root { --accent: #66d9e8; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0; } h1 small { font-weight: normal; font-size: 1rem; opacity: .65; }
h2 { font-size: 1.05rem; color: var(--accent); margin: 2rem 0 .5rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .75rem; margin-top: 1.25rem; }
.tile { border: 1px solid var(--line); border-radius: .6rem; padding: .6rem .9rem; }
.tile b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; } .tile span { opacity: .7; font-size: .85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; opacity: .7; } td, th { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--soft); white-space: nowrap; }
td.n, th.n { text-align: right; } code, td { font-family: ui-monospace, monospace; } th { font-family: system-ui, sans-serif; }
p.none { opacity: .6; margin: .3rem 0; } footer { margin-top: 2.5rem; opacity: .65; font-size: .85rem; }`;

/** Fetches the page anew and exchanges its main part: no flicker, and the place where one reads stays. */
const REFRESH = `
setInterval(async () => {
  if (document.hidden) return;
  try {
    const text = await (await fetch(location.href)).text();
    document.querySelector('main').replaceWith(new DOMParser().parseFromString(text, 'text/html').querySelector('main'));
  } catch { /* the stack is away: the next time, perhaps */ }
}, 2000);`;

export function statusPage(data: StatusPageData): string {
  const title = escapeHtml(data.title);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style><noscript><meta http-equiv="refresh" content="2"></noscript></head>
<body><main>
<h1>${title} <small>up ${duration(data.uptime)}: a TCP/IP stack in TypeScript answered this request</small></h1>
${tiles(data)}
${sections(data)}
</main>
<footer>The same as JSON: <a href="/stats">/stats</a>. Bytes to download: <a href="/bytes/1000000">/bytes/1000000</a>.
To upload: <code>curl -T file http://this-host/upload/</code></footer>
<script>${REFRESH}</script></body></html>
`;
}

function tiles(data: StatusPageData): string {
  const { connections, counters, drops, memory } = data;
  const dropped = Object.values(drops).reduce((sum, count) => sum + count, 0);
  const shown: [string, string][] = [
    [amount(counters['bytesIn'] ?? 0), 'bytes in'],
    [amount(counters['bytesOut'] ?? 0), 'bytes out'],
    [amount(counters['framesIn'] ?? 0), 'frames in'],
    [amount(counters['framesOut'] ?? 0), 'frames out'],
    [`${connections.total}`, 'connections'],
    [amount(dropped), 'packets dropped'],
    [amount(lostOnTheLink(data)), 'lost on the link'],
    [amount(memory['rss'] ?? 0), 'bytes of memory'],
    [amount(memory['heapUsed'] ?? 0), 'of it heap'],
    [amount(memory['arrayBuffers'] ?? 0), 'of it array buffers'],
  ];
  return `<div class="tiles">${shown.map(([value, name]) => `<div class="tile"><b>${value}</b><span>${name}</span></div>`).join('')}</div>`;
}

/** Between the stack and Linux, by either side. */
const lostOnTheLink = ({ interfaces }: StatusPageData): number =>
  interfaces.reduce((sum, { deviceDrops, kernel }) => {
    const ours = Object.values(deviceDrops).reduce((a, b) => a + b, 0);
    return sum + ours + (kernel?.sendDropped ?? 0) + (kernel?.receiveDropped ?? 0);
  }, 0);

function sections(data: StatusPageData): string {
  const { interfaces, neighbors, routes, listeners, connections } = data;
  const states = Object.entries(connections.byState).map(([state, count]) => `${count} ${state}`);
  const hidden = connections.total - connections.shown.length;
  return [
    table(
      'Interfaces',
      ['name', 'addresses', 'MAC', 'MTU', 'offload'],
      interfaces.map((i) => [i.name, i.addresses.join(', '), i.mac, i.mtu, offload(i.offload)]),
    ),
    table(
      'Neighbours',
      ['interface', 'address', 'MAC', 'state', 'for'],
      neighbors.map((n) => [n.interface, n.address, n.mac, n.state, duration(n.age)]),
    ),
    table(
      'Routes',
      ['destination', 'gateway', 'interface', 'metric', 'from'],
      routes.map((r) => [r.prefix, r.gateway ?? 'on the link', r.interface, r.metric, r.origin]),
    ),
    table(
      'Listening on',
      ['address', 'port', 'backlog', 'in handshake', 'to be accepted', 'turned away'],
      listeners.map((l) => [l.address, l.port, l.backlog, l.halfOpen, l.waiting, l.refused]),
    ),
    table(
      `TCP connections${states.length === 0 ? '' : `: ${states.join(', ')}`}${hidden > 0 ? `; ${hidden} not shown` : ''}`,
      [
        'local',
        'remote',
        'state',
        'RTT',
        'RTO',
        'cwnd',
        'ssthresh',
        'flight',
        'their window',
        'our window',
        'MSS',
        'to send',
        'to read',
      ],
      connections.shown.map((c) => [
        c.local,
        c.remote,
        c.state,
        milliseconds(c.rtt),
        milliseconds(c.rto),
        ...[c.cwnd, c.ssthresh, c.flight, c.sendWindow, c.receiveWindow, c.mss, c.sendQueue, c.receiveQueue].map(amount),
      ]),
    ),
    table('Counters', ['counter', 'value'], [...Object.entries(data.counters), ['udpSockets', data.udpSockets]]),
    ...lossSections(data),
    table('Memory of the process', ['what', 'bytes'], Object.entries(data.memory)),
  ].join('\n');
}

/** What got lost, here and on the way between the stack and Linux. */
function lossSections(data: StatusPageData): string[] {
  return [
    table(
      'Drops, by place and reason',
      ['where', 'reason', 'packets'],
      lossesOf(data).map(({ where, reason, count }) => [where, reason, count]),
    ),
    table(
      "The kernel's side of the link",
      ['interface', 'taken in from us', 'failed', 'dropped', 'sent to us', 'failed', 'dropped'],
      data.interfaces.flatMap(({ name, kernel: k }) =>
        k === undefined ? [] : [[name, k.received, k.receiveErrors, k.receiveDropped, k.sent, k.sendErrors, k.sendDropped]],
      ),
    ),
  ];
}

function table(title: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const heading = `<h2>${escapeHtml(title)}</h2>`;
  if (rows.length === 0) return `${heading}<p class="none">none</p>`;
  const numeric = heads.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const cell = (tag: 'td' | 'th', value: Cell, column: number): string =>
    `<${tag}${numeric[column] ? ' class="n"' : ''}>${escapeHtml(typeof value === 'number' ? value.toLocaleString('en') : (value ?? ''))}</${tag}>`;
  const line = (tag: 'td' | 'th', cells: readonly Cell[]): string =>
    `<tr>${cells.map((value, i) => cell(tag, value, i)).join('')}</tr>`;
  return `${heading}<div class="wide"><table>${line('th', heads)}${rows.map((row) => line('td', row)).join('')}</table></div>`;
}

function offload({ checksum, gsoMaxSize, usoMaxSize }: Offload): string {
  const parts = [
    checksum ? 'checksum' : '',
    gsoMaxSize > 0 ? `segments up to ${gsoMaxSize}` : '',
    usoMaxSize > 0 ? `datagrams up to ${usoMaxSize}` : '',
  ];
  return parts.filter((part) => part !== '').join(', ') || 'none';
}

const milliseconds = (micros: number): string => `${(micros / 1000).toFixed(micros < 10_000 ? 2 : 0)} ms`;

/** 1234567 as 1.23 M; infinity, which ssthresh begins with, as a word. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  const units = ['', ' k', ' M', ' G', ' T'];
  let unit = 0;
  let rest = value;
  for (; rest >= 1000 && unit < units.length - 1; unit++) rest /= 1000;
  return `${unit === 0 ? rest : rest.toPrecision(3)}${units[unit]}`;
}

/** Seconds for people. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
