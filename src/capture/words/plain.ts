/** What others wrote, made so that it moves no cursor, changes no colour and turns no text around. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

export const plain = (text: string): string => text.replace(CONTROLS, '·');
