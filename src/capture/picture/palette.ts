/**
 * The colours of ladders and plots. After Okabe and Ito, darkened until a thin line of each stands out from the paper: people
 * who cannot tell red from green tell these apart, and nothing is said by colour alone.
 */

export interface Palette {
  readonly paper: string;
  /** Words. */
  readonly ink: string;
  /** Numbers and axes: what one looks up, not what one reads. */
  readonly grey: string;
  /** Lifelines and grids. */
  readonly faint: string;
  readonly blue: string;
  readonly green: string;
  readonly vermillion: string;
  readonly purple: string;
  readonly orange: string;
  readonly sky: string;
}

export const LIGHT: Palette = {
  paper: '#ffffff',
  ink: '#1b2733',
  grey: '#5f6b76',
  faint: '#d5dbe1',
  blue: '#0067a5',
  green: '#00805c',
  vermillion: '#c24a00',
  purple: '#a5478a',
  orange: '#a86a00',
  sky: '#2b8fc4',
};

export const DARK: Palette = {
  paper: '#14191f',
  ink: '#e8edf2',
  grey: '#98a4b0',
  faint: '#36414c',
  blue: '#5cb3f0',
  green: '#3ecf9e',
  vermillion: '#ff8a4a',
  purple: '#e08cc8',
  orange: '#e8b04a',
  sky: '#86d0f5',
};

/** What a palette names beside paper and ink. */
export type Color = Exclude<keyof Palette, 'paper'>;

/** On every system, with figures of one width. */
export const FONT_FAMILY = "Helvetica, Arial, 'Liberation Sans', sans-serif";
