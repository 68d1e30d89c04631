/** The comment of a frame: what happened on one line, and the numbers that changed on another. `readComment` takes it apart. */
import { readComment } from '../words/comment.ts';

/**
 * One or two lines; empty when there is nothing to say. Without events the numbers are the only line.
 * @param events such as "fast retransmit: third duplicate ACK" and "SYN-SENT to ESTABLISHED"; empty ones are left out
 * @param numbers such as "cwnd 14480, flight 4344"
 */
export function formatComment(events: readonly string[], numbers: string): string {
  const said = events.filter((event) => event !== '').join('; ');
  return said !== '' && numbers !== '' ? `${said}\n${numbers}` : said + numbers;
}

/** A reason, and the news beside it. */
export function joinComment(reason: string, news: string): string {
  if (reason === '' || news === '') return reason + news;
  const { happened, change } = readComment(news);
  const isNumbers = happened.length === 0 && change === undefined;
  return `${reason}${isNumbers ? '\n' : '; '}${news}`;
}
