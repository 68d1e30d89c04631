/** Which conversation a person means: by its number, or by its ends. */
import type { Belonging, Conversation } from './conversations.ts';
import type { Endpoint } from './ends.ts';

export interface ConversationChoice {
  matches(conversation: Conversation): boolean;
}

/** What people may write, for messages; the number is that of `tapstack capture conversations`. */
export const CHOICE_FORMS = 'a number such as 1, or its ends such as 10.0.0.1:43210-10.0.0.2:80';

/**
 * "3", or two ends in either order with a hyphen between: "10.0.0.1:43210-10.0.0.2:80". Ports may be left out, and one end alone
 * will do.
 * @returns undefined when it is neither
 */
export function chooseConversation(text: string): ConversationChoice | undefined {
  if (/^[1-9]\d{0,8}$/.test(text)) return { matches: ({ number }) => number === Number(text) };
  const ends = text.split('-').map(parseEnd);
  const [one, other, ...more] = ends;
  if (one === undefined || more.length > 0 || (ends.length === 2 && other === undefined)) return undefined;
  return {
    matches: ({ a, b }) =>
      (isEnd(one, a) && (other === undefined || isEnd(other, b))) || (isEnd(one, b) && (other === undefined || isEnd(other, a))),
  };
}

/** An ICMP error belongs to what it is about, too. */
export const isOf = (choice: ConversationChoice, belonging: Belonging | undefined): boolean =>
  belonging !== undefined &&
  (choice.matches(belonging.conversation) || (belonging.about !== undefined && choice.matches(belonging.about)));

interface WantedEnd {
  readonly address: string;
  /** undefined: any. */
  readonly port: number | undefined;
}

function parseEnd(text: string): WantedEnd | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+)|([0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*))(?::(\d{1,5}))?$/i.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const [, bracketed, v4, bare, port] = match;
  return { address: bracketed ?? v4 ?? bare ?? '', port: port === undefined ? undefined : Number(port) };
}

const isEnd = (wanted: WantedEnd, { address, port }: Endpoint): boolean =>
  address === wanted.address && (wanted.port === undefined || port === wanted.port);
