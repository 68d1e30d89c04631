/** What a sysctl turns: the vocabulary of both tables. */
import type { TcpOptions } from '../../stack/tcp/options.ts';
import { MILLISECOND, SECOND } from '../../stack/time.ts';
import { Unsupported } from '../unsupported.ts';

export type Changes = Partial<TcpOptions>;
/** From the words of the value to settings. @param current those in force */
export type Knob = (values: readonly number[], text: string, current: Changes) => Changes;

export const NOT_YET = 'the stack does not have it yet';
export const nothing: Knob = () => ({});

/** The stack behaves as if the knob stood here, and cannot be turned. */
export const fixedAt =
  (...accepted: readonly number[]): Knob =>
  ([value = 0]) => {
    if (!accepted.includes(value)) throw new Unsupported(`the value ${value}: ${NOT_YET}`);
    return {};
  };

export const seconds =
  (name: keyof TcpOptions): Knob =>
  ([value = 0]) => ({ [name]: value * SECOND });

export const milliseconds =
  (name: keyof TcpOptions): Knob =>
  ([value = 0]) => ({ [name]: value * MILLISECOND });

/** What follows the known numbers, in both kernels, is accurate ECN (RFC 9768). */
export const ecn =
  (modes: readonly TcpOptions['ecn'][]): Knob =>
  ([value = 0]) => {
    const mode = modes[value];
    if (mode === undefined) throw new Unsupported(`the value ${value}: ${NOT_YET}`);
    return { ecn: mode };
  };
