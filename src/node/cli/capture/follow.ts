/** `tapstack capture follow`: what was said in one conversation, without the packets that carried it. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { CHOICE_FORMS, chooseConversation } from '../../../capture/analyse/choose.ts';
import type { Conversation } from '../../../capture/analyse/conversations.ts';
import { endpointText } from '../../../capture/analyse/ends.ts';
import type { Piece } from '../../../capture/analyse/stream.ts';
import { StreamAssembler } from '../../../capture/analyse/stream.ts';
import type { Side } from '../../../capture/analyse/tcp-story.ts';
import { hexDump } from '../../../capture/words/hex-dump.ts';
import { plain } from '../../../capture/words/plain.ts';
import { UsageError } from '../usage-error.ts';
import { FILE_HELP, openCapture } from './input.ts';
import { plural, seconds } from './table.ts';
import { walk } from './walk.ts';

interface FollowOptions {
  readonly from: 'both' | Side;
  readonly raw?: boolean;
  readonly hex?: boolean;
  readonly output?: string;
}

export function addFollow(capture: Command, exit: (code: number) => void): void {
  capture
    .command('follow')
    .summary('what was said in one conversation: the bytes of its stream')
    .description(
      'The bytes of a TCP connection in their order, or the datagrams of a UDP conversation. What overlaps is said once, what is missing in the capture is said to be missing.',
    )
    .argument('<file>', FILE_HELP)
    .argument('[conversation]', `${CHOICE_FORMS} (default: the first of TCP or UDP with data)`)
    .addOption(
      new Option('--from <side>', 'whose bytes: a spoke first, as in "conversations"')
        .choices(['a', 'b', 'both'])
        .default('both'),
    )
    .option('--raw', 'the bytes as they are, and nothing else')
    .option('--hex', 'every byte in hexadecimal')
    .option('-o, --output <file>', 'where it goes (default: standard output)')
    .action((file: string, conversation: string | undefined, options: FollowOptions) => {
      exit(follow(file, conversation, options));
    });
}

function follow(file: string, wanted: string | undefined, options: FollowOptions): number {
  const choice = wanted === undefined ? undefined : chooseConversation(wanted);
  if (wanted !== undefined && choice === undefined)
    throw new UsageError(`"${plain(wanted)}" is no conversation: give ${CHOICE_FORMS}`);
  const input = openCapture(file);
  const out = new Output(options);
  let chosen: Conversation | undefined;
  const assembler = new StreamAssembler((piece) => {
    if (options.from === 'both' || options.from === piece.side) out.piece(piece, chosen!);
  });
  for (const { frame, packet, belonging } of walk(input)) {
    if (belonging === undefined) continue;
    const { conversation, side, isFirstSight } = belonging;
    if (chosen === undefined && isMeant(conversation, packet.payload.length)) chosen = conversation;
    if (conversation === chosen && isFirstSight) assembler.add(side, frame, packet);
  }
  if (chosen === undefined) throw new UsageError(noSuch(file, wanted));
  if (chosen.protocol !== 'TCP' && chosen.protocol !== 'UDP')
    throw new UsageError(`conversation ${chosen.number} is ${chosen.protocol}, which has no stream: TCP and UDP have`);
  assembler.finish();
  out.end(chosen);
  return 0;

  /** Without a wish the first that says anything: a SYN is kept too, so what came before the data is not lost. */
  function isMeant(conversation: Conversation, length: number): boolean {
    if (choice !== undefined) return choice.matches(conversation);
    return length > 0 && (conversation.protocol === 'TCP' || conversation.protocol === 'UDP');
  }
}

const noSuch = (file: string, wanted: string | undefined): string =>
  wanted === undefined
    ? `nobody says anything over TCP or UDP in ${file}`
    : `${file} has no conversation ${plain(wanted)}; "tapstack capture conversations ${file}" shows what there is`;

/** Where the pieces go, and how they look there. */
class Output {
  readonly #options: FollowOptions;
  /** undefined for standard output. */
  readonly #fd: number | undefined;
  readonly #missing: Record<Side, number> = { a: 0, b: 0 };
  readonly #said: Record<Side, number> = { a: 0, b: 0 };
  #last: Side | undefined = undefined;

  /** @throws UsageError when it cannot be written */
  constructor(options: FollowOptions) {
    this.#options = options;
    const { output } = options;
    this.#fd = output === undefined || output === '-' ? undefined : this.#explain(() => openSync(output, 'w'));
  }

  piece(piece: Piece, conversation: Conversation): void {
    const { side, bytes, missing } = piece;
    this.#said[side] += bytes.length;
    this.#missing[side] += missing;
    if (this.#options.raw === true) {
      this.#write(bytes);
      return;
    }
    if (side !== this.#last || missing > 0 || conversation.protocol === 'UDP') this.#heading(piece, conversation);
    this.#last = side;
    this.#write(this.#options.hex === true ? hexDump(bytes) : plainText(bytes));
  }

  /** Says what was missing where the bytes themselves cannot say it. */
  end({ a, b }: Conversation): void {
    const ends = { a, b };
    if (this.#options.raw === true)
      for (const side of ['a', 'b'] as const)
        if (this.#missing[side] > 0)
          process.stderr.write(
            `tapstack: ${plural(this.#missing[side], 'byte')} from ${endpointText(ends[side])} are not in the capture\n`,
          );
    if (this.#options.raw !== true)
      this.#write(
        `\n--- ${endpointText(a)} said ${plural(this.#said.a, 'byte')}, ${endpointText(b)} ${plural(this.#said.b, 'byte')}\n`,
      );
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  #write(data: string | Uint8Array): void {
    const fd = this.#fd;
    if (fd === undefined) process.stdout.write(data);
    else this.#explain(() => writeFileSync(fd, data));
  }

  #explain<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new UsageError(`cannot write ${this.#options.output}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #heading({ side, at, missing }: Piece, { a, b, start }: Conversation): void {
    const [from, to] = side === 'a' ? [a, b] : [b, a];
    const hole = missing > 0 ? `[${plural(missing, 'byte')} missing here]\n` : '';
    const before = this.#last === undefined ? '' : '\n';
    this.#write(`${before}${hole}--- ${endpointText(from)} > ${endpointText(to)} at ${seconds(at - start)}\n`);
  }
}

/** Line ends and tabs stay, other control characters become dots. */
const plainText = (bytes: Uint8Array): string =>
  new TextDecoder('latin1')
    .decode(bytes)
    .replaceAll('\r\n', '\n')
    .split(/([\n\t])/)
    .map((part) => (part === '\n' || part === '\t' ? part : plain(part)))
    .join('');
