/**
 * Faults in words, for the command line: the verbs and selectors of the other files, parsed.
 *
 * ```
 * lose data 7 from stack               lose the retransmission of data 7
 * lose the 7th data segment            lose everything between 1s and 2s
 * swap data 3 and 4                    delay only the ACKs by 50ms
 * corrupt byte 10 of data 3            duplicate data 2
 * hold data 3 behind 2                 replay data 3 after 2s
 * lose fragment 2                      mark data 5
 * reset off by 100 after data 3 to linux
 * ```
 */
import { reset } from './forge.ts';
import type { Selector } from './selector.ts';
import * as select from './selectors.ts';
import type { FaultRule } from './verbs.ts';
import { corruptByte, delay, duplicate, holdBack, inject, lose, mark, replay, swap } from './verbs.ts';
import { Words } from './words.ts';

type Kinds = Readonly<Record<string, (...numbers: readonly number[]) => Selector>>;

/** By the singular; an "s" behind it is allowed. */
const KINDS: Kinds = {
  data: select.data,
  ack: select.pureAcks,
  syn: select.syn,
  'syn-ack': select.synAck,
  fin: select.fin,
  rst: select.rst,
  segment: select.segments,
  retransmission: select.retransmissions,
  datagram: select.datagrams,
  fragment: select.fragments,
  ping: select.echoRequests,
  'echo-request': select.echoRequests,
  'echo-reply': select.echoReplies,
  'icmp-error': select.icmpErrors,
  'arp-request': select.arpRequests,
  'arp-reply': select.arpReplies,
  frame: select.frames,
};

type Verb = (words: Words) => FaultRule;

const VERBS: Readonly<Record<string, Verb>> = {
  lose: (words) => lose(selector(words)),
  drop: (words) => lose(selector(words)),
  duplicate: (words) => duplicate(selector(words)),
  mark: (words) => mark(selector(words)),
  corrupt,
  delay: (words) => {
    const meant = selector(words);
    words.expect('by', 'delay acks by 50ms');
    return delay(meant, words.time());
  },
  hold: (words) => {
    words.skip('back');
    const meant = selector(words);
    words.expect('behind', 'hold data 3 behind 2');
    return holdBack(meant, words.number('how many overtake it'));
  },
  swap: parseSwap,
  replay: (words) => {
    const meant = selector(words);
    words.expect('after', 'replay data 3 after 2s');
    return replay(meant, words.time());
  },
  reset: parseReset,
};

/**
 * Reads one sentence.
 * @throws FaultSentenceError that says what is wrong with it and what would be right
 */
export function parseFault(sentence: string): FaultRule {
  const words = new Words(sentence);
  const verb = words.next('what shall happen, such as "lose"');
  const parse = VERBS[verb.toLowerCase()];
  if (parse === undefined)
    throw words.error(`"${verb}" is nothing that can happen to a frame: say ${Object.keys(VERBS).join(', ')}`);
  const rule = parse(words);
  words.skip('too');
  words.end();
  return rule;
}

/** Words that may follow where no kind is named: "lose everything", "lose all between 1s and 2s", "delay all by 5ms". */
const BEHIND_ALL = ['from', 'between', 'by', 'port', 'behind', 'after'];

/** "the 3rd data segment from stack between 1s and 2s". */
function selector(words: Words): Selector {
  words.skip('only', 'the', 'every');
  const isAll = words.take('all') || words.take('everything');
  words.skip('the');
  const ordinals = words.ordinals();
  const next = words.peek();
  const isAnything = isAll && (next === undefined || BEHIND_ALL.includes(next));
  return scoped(words, isAnything ? select.frames() : kindOf(words, ordinals));
}

function kindOf(words: Words, ordinals: readonly number[]): Selector {
  const word = words.next('a kind of frame');
  const singular = word.toLowerCase();
  const make = KINDS[singular] ?? KINDS[singular.replace(/s$/, '')];
  if (make === undefined) throw words.error(`"${word}" is no kind of frame: say ${Object.keys(KINDS).join(', ')} or everything`);
  if (make === select.data) words.skip('segment', 'segments');
  const numbers = ordinals.length > 0 ? ordinals : words.numbers();
  if (make !== select.retransmissions || !words.take('of')) return make(...numbers);
  return select.retransmissionOf(selector(words), ...numbers);
}

function scoped(words: Words, meant: Selector): Selector {
  if (words.take('from')) return scoped(words, meant.from(words.next('who sends it')));
  if (words.take('port')) return scoped(words, meant.port(words.number('a port')));
  if (words.take('between')) {
    const begin = words.time();
    words.expect('and', 'between 1s and 2s');
    const end = words.time();
    if (end <= begin) throw words.error('the second time is not after the first');
    return scoped(words, meant.between(begin, end));
  }
  const joint = ['of', 'in'].includes(words.peek() ?? '') ? 1 : 0;
  const noun = words.peek(joint);
  if (noun !== 'each' && noun !== 'connection' && noun !== 'datagram') return meant;
  words.skip('of', 'in');
  words.next('what it is counted in');
  if (noun === 'each') {
    words.skip('connection', 'datagram');
    return scoped(words, meant.ofEach());
  }
  return scoped(words, meant.connection(words.number(`which ${noun}`)));
}

/** "corrupt data 3", "corrupt one byte of data 3", "corrupt byte 10 of data 3". */
function corrupt(words: Words): FaultRule {
  words.take('one', 'byte', 'of');
  if (!words.take('byte')) return corruptByte(selector(words));
  const place = words.number('which byte');
  words.expect('of', 'corrupt byte 10 of data 3');
  return corruptByte(selector(words), place);
}

/** "swap data 3 and 4", "swap data 3 and ack 2". */
function parseSwap(words: Words): FaultRule {
  const one = selector(words);
  const [first, second, ...rest] = one.numbers;
  if (first !== undefined && second !== undefined && rest.length === 0) return swap(one.others(first), one.others(second));
  if (one.numbers.length !== 1) throw words.error('two frames change places, such as "swap data 3 and 4"');
  words.expect('and', 'swap data 3 and ack 2');
  return swap(one, selector(words));
}

/** "reset after data 3", "reset off by 100 after data 3 to linux". */
function parseReset(words: Words): FaultRule {
  let off = 0;
  if (words.take('off')) {
    words.skip('by');
    off = words.number('how far from the exact number');
  }
  words.expect('after', 'reset off by 100 after data 3');
  const after = selector(words);
  return inject(reset({ off }), words.take('to') ? { after, to: words.next('whom it goes to') } : { after });
}
