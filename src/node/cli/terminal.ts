/** The terminal that standard output is, if it is one. */

/** In characters. @param without where there is no terminal, or one that does not say how wide it is */
export const terminalWidth = (narrowest = 80, widest = 140, without = 110): number =>
  Math.max(Math.min(process.stdout.columns ?? without, widest), narrowest);

/** Colours are for terminals, and not for people who do not want them (no-color.org). */
export const showsColor = (): boolean => process.stdout.isTTY === true && !('NO_COLOR' in process.env);
