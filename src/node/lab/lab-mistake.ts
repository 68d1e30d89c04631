/** A mistake in a lab file: where it stands and what is wrong there, in one line that an editor or a terminal can follow. */

/** From 1 on, as editors count. */
export interface Place {
  /** As its reader named it. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export class LabMistake extends Error {
  override readonly name = 'LabMistake';
  readonly place: Place;
  /** What is wrong, and what would be right. */
  readonly what: string;

  constructor(place: Place, what: string, options?: ErrorOptions) {
    super(`${placeText(place)}: ${what}`, options);
    this.place = place;
    this.what = what;
  }
}

/** "home.ts:12:5" */
export const placeText = ({ file, line, column }: Place): string =>
  [file, ...(line === undefined ? [] : [line]), ...(line === undefined || column === undefined ? [] : [column])].join(':');
