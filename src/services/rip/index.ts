/** Every public name of RIP, listed by hand. */
export type { Horizon, RipDrop, RipOptions } from './options.ts';
export { Rip } from './rip.ts';
export type { RipRoute } from './rip-route.ts';
export { ripTable } from './rip-table.ts';
