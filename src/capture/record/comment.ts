/** The comment of a frame: what happened on one line, and the numbers that changed on another. */

export interface CommentParts {
  /** What happened, such as "fast retransmit: third duplicate ACK" and "SYN-SENT to ESTABLISHED". */
  readonly events: readonly string[];
  /** Such as "cwnd 14480, flight 4344"; empty when none changed. */
  readonly numbers: string;
}

/** The numbers that a comment may tell, in their order. */
const NUMBERS = /^(?:cwnd|ssthresh|flight|srtt|RTO) \d/;

/** One or two lines; empty when there is nothing to say. Without events the numbers are the only line. */
export function formatComment({ events, numbers }: CommentParts): string {
  const said = events.filter((event) => event !== '').join('; ');
  return said !== '' && numbers !== '' ? `${said}\n${numbers}` : said + numbers;
}

/** Takes apart what `formatComment` has made; other text is one line of events. */
export function parseComment(comment: string): CommentParts {
  const [first = '', ...rest] = comment.split('\n');
  const second = rest.join('\n');
  if (second === '' && NUMBERS.test(first)) return { events: [], numbers: first };
  return { events: first === '' ? [] : first.split('; '), numbers: second };
}

/** A reason, and what there is to say beside it. */
export function joinComment(reason: string, news: string): string {
  if (reason === '' || news === '') return reason + news;
  const { events, numbers } = parseComment(news);
  return formatComment({ events: [reason, ...events], numbers });
}
