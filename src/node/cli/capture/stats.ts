/** `tapstack capture stats`: what a file is, and what is in it. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { CaptureStatistics } from '../../../capture/analyse/capture-statistics.ts';
import type { CaptureInfo } from '../../../capture/file/capture-data.ts';
import { linkTypeName } from '../../../capture/file/link-types.ts';
import { plain } from '../../../capture/words/plain.ts';
import type { CaptureInput } from './input.ts';
import { FILE_HELP, openCapture } from './input.ts';
import { number, plural, scaled, seconds, tableText } from './table.ts';
import { walk } from './walk.ts';

export function addStats(capture: Command, exit: (code: number) => void): void {
  capture
    .command('stats')
    .summary('what a file is, and what is in it')
    .description('The format, who wrote it, interfaces, host names, span of time, rates, and packets and bytes of each protocol.')
    .argument('<file>', FILE_HELP)
    .action((file: string) => {
      const input = openCapture(file);
      const statistics = new CaptureStatistics();
      for (const { frame, packet } of walk(input)) statistics.add(frame, packet);
      process.stdout.write(
        [aboutFile(input), aboutFrames(statistics), protocols(statistics), interfaces(input, statistics), names(input.info)]
          .filter((part) => part !== '')
          .join('\n'),
      );
      exit(0);
    });
}

/** Lines of a name and what there is to say; those without are left out. */
function lines(pairs: readonly (readonly [name: string, value: string])[]): string {
  return pairs
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(16)}${value}\n`)
    .join('');
}

function aboutFile({ path, info, outcome }: CaptureInput): string {
  const { format, variant, hardware, os, application, comments, otherBlocks } = info;
  const blocks = [...otherBlocks].map(([kind, count]) => `${number(count)} ${kind}`).join(', ');
  return lines([
    ['file', `${path}${path === '-' ? '' : `, ${number(sizeOf(path))} bytes`}`],
    ['format', `${format}, ${variant}`],
    [
      'written by',
      [application, os, hardware]
        .filter((word) => word !== '')
        .map(plain)
        .join(', '),
    ],
    ...comments.map((comment) => ['comment', plain(comment)] as const),
    ['other blocks', blocks],
    ['end', outcome === undefined || outcome.end === 'complete' ? '' : `${outcome.end}: ${outcome.problem}`],
  ]);
}

function sizeOf(path: string): number {
  return statSync(path).size;
}

function aboutFrames(statistics: CaptureStatistics): string {
  const { packets, bytes, span, peak } = statistics;
  if (span === undefined) return lines([['packets', 'none']]);
  const duration = (span.end - span.start) / 1_000_000;
  const rate = duration === 0 ? '' : `${scaled(packets / duration)}packets/s, ${scaled((8 * bytes) / duration)}bit/s`;
  return lines([
    ['packets', `${number(packets)}, ${plural(bytes, 'byte')}`],
    ['sizes', `${statistics.shortest} to ${statistics.longest}, ${Math.round(bytes / packets)} on average`],
    ['first', instant(span.start)],
    ['last', instant(span.end)],
    ['duration', `${seconds(span.end - span.start)} s`],
    ['average', rate],
    ['busiest second', `${number(peak.packets)} packets, ${scaled(8 * peak.bytes)}bit`],
    ['comments', statistics.comments === 0 ? '' : `on ${plural(statistics.comments, 'packet')}`],
    ['dropped', statistics.dropped === 0 ? '' : `${plural(statistics.dropped, 'packet')} before they could be recorded`],
    ['cut', statistics.cut === 0 ? '' : `${plural(statistics.cut, 'packet')}, of which only the beginning was kept`],
    ['with faults', statistics.faulty === 0 ? '' : plural(statistics.faulty, 'packet')],
  ]);
}

/** In UTC; of captures in virtual time, the seconds since its beginning. */
const instant = (at: number): string =>
  at < 1e12
    ? `${seconds(at)} s`
    : `${new Date(at / 1000).toISOString().slice(0, 19)}.${String(at % 1_000_000).padStart(6, '0')}Z`;

function protocols(statistics: CaptureStatistics): string {
  const { packets, bytes } = statistics;
  if (packets === 0) return '';
  const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;
  return tableText(
    [
      { title: 'protocol' },
      { title: 'packets', align: 'right' },
      { title: '', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: '', align: 'right' },
    ],
    statistics.protocols.map((one) => [
      `${'  '.repeat(one.depth)}${one.name}`,
      number(one.packets),
      percent(one.packets, packets),
      number(one.bytes),
      percent(one.bytes, bytes),
    ]),
  );
}

function interfaces({ info }: CaptureInput, statistics: CaptureStatistics): string {
  const rows = info.interfaces.map((one, id) => {
    const { name, linkType, description = '', mac = '', addresses = [], speed, filter, os = '' } = one;
    const counted = info.statistics.get(id)?.dropped ?? 0;
    const more = [
      plain(description),
      mac,
      addresses.join(' '),
      speed === undefined ? '' : `${scaled(speed)}bit/s`,
      filter === undefined ? '' : `filter "${plain(filter)}"`,
      plain(os),
      counted === 0 ? '' : `${number(counted)} dropped`,
    ];
    const { packets = 0, bytes = 0 } = statistics.interfaces[id] ?? {};
    return [
      String(id),
      plain(name),
      linkTypeName(linkType),
      number(packets),
      number(bytes),
      more.filter((word) => word !== '').join(', '),
    ];
  });
  return tableText(
    [
      { title: '#', align: 'right' },
      { title: 'interface' },
      { title: 'link' },
      { title: 'packets', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: '' },
    ],
    rows,
  );
}

function names({ names: known }: CaptureInfo): string {
  if (known.size === 0) return '';
  const rows = [...known].map(([address, hosts]) => [address, hosts.map(plain).join(', ')]);
  return tableText([{ title: 'address' }, { title: 'name' }], rows);
}
