/** A mistake in a module on its way from the thread in which Node reads modules: of an error only the message comes through. */

export interface ModuleMistake {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly what: string;
}

const MARK = 'tapstack lab file: ';

export const mistakeMessage = (mistake: ModuleMistake): string => `${MARK}${JSON.stringify(mistake)}`;

/** @returns undefined when it is some other message */
export const readMistakeMessage = (message: string): ModuleMistake | undefined =>
  message.startsWith(MARK) ? (JSON.parse(message.slice(MARK.length)) as ModuleMistake) : undefined;
