/** `tapstack capture conversations`: who talked to whom, how much, how it began and how it ended. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Conversation } from '../../../capture/analyse/conversations.ts';
import { Conversations } from '../../../capture/analyse/conversations.ts';
import { endpointText } from '../../../capture/analyse/ends.ts';
import { FILE_HELP, openCapture } from './input.ts';
import { number, plural, seconds, tableText } from './table.ts';
import { walk } from './walk.ts';

type Order = 'start' | 'bytes' | 'packets' | 'duration' | 'retransmissions';

const total = (what: 'bytes' | 'packets' | 'retransmissions') => (one: Conversation) => one.fromA[what] + one.fromB[what];

/** What comes first has the most of it. */
const MOST: Readonly<Record<Order, (conversation: Conversation) => number>> = {
  start: ({ start }) => -start,
  bytes: total('bytes'),
  packets: total('packets'),
  retransmissions: total('retransmissions'),
  duration: ({ start, end }) => end - start,
};

export function addConversations(capture: Command, exit: (code: number) => void): void {
  capture
    .command('conversations')
    .summary('who talked to whom, how much, and how it ended')
    .description(
      'Every conversation: its ends, what each side sent, when it began, how long it took, and for TCP how it began and ended. A frame that was recorded at both ends of a wire counts once.',
    )
    .argument('<file>', FILE_HELP)
    .addOption(new Option('--sort <order>', 'what comes first').choices(Object.keys(MOST)).default('start'))
    .option('--json', 'one object a line')
    .action((file: string, { sort, json }: { readonly sort: Order; readonly json?: boolean }) => {
      const input = openCapture(file);
      const conversations = new Conversations();
      for (const _ of walk(input, conversations));
      const sorted = [...conversations.list].sort((a, b) => MOST[sort](b) - MOST[sort](a) || a.number - b.number);
      process.stdout.write(json === true ? sorted.map(asJson).join('') : asText(sorted));
      exit(0);
    });
}

const asJson = ({ number: index, protocol, a, b, fromA, fromB, start, end, tcp }: Conversation): string =>
  `${JSON.stringify({ number: index, protocol, a, b, fromA, fromB, start, end, tcp })}\n`;

function asText(conversations: readonly Conversation[]): string {
  if (conversations.length === 0) return 'no conversations\n';
  const first = conversations.reduce((earliest, { start }) => Math.min(earliest, start), Number.POSITIVE_INFINITY);
  const rows = conversations.map((one) => [
    String(one.number),
    one.protocol,
    endpointText(one.a),
    endpointText(one.b),
    number(one.fromA.packets),
    number(one.fromA.bytes),
    number(one.fromB.packets),
    number(one.fromB.bytes),
    seconds(one.start - first),
    seconds(one.end - one.start),
    story(one),
  ]);
  return tableText(
    [
      { title: '#', align: 'right' },
      { title: 'protocol' },
      { title: 'A' },
      { title: 'B' },
      { title: 'A sent', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'B sent', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'began at', align: 'right' },
      { title: 'took s', align: 'right' },
      { title: 'story' },
    ],
    rows,
  );
}

/** "handshake, closed by A; 2 retransmissions" */
function story({ tcp, fromA, fromB }: Conversation): string {
  if (tcp === undefined) return '';
  const { beginning, ending, endedBy } = tcp;
  const ended = endedBy === undefined || ending === 'no answer' ? ending : `${ending} by ${endedBy.toUpperCase()}`;
  const again = fromA.retransmissions + fromB.retransmissions;
  const parts = beginning === ending ? [ended] : [beginning === 'before the capture' ? 'began before' : beginning, ended];
  return `${parts.join(', ')}${again === 0 ? '' : `; ${plural(again, 'retransmission')}`}`;
}
