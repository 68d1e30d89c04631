/** What the sockets of a script share: the stack, the time, and the settings that sysctls change. */
import type { Stack } from '../../stack/stack.ts';
import type { TcpOptions } from '../../stack/tcp/options.ts';
import type { Micros } from '../../stack/time.ts';
import type { Bindings } from './bindings.ts';
import type { Personality } from './personality.ts';

export interface Host {
  readonly stack: Stack;
  readonly now: Micros;
  /** When the script began: from then on its time stamps count. */
  readonly began: Micros;
  readonly personality: Personality;
  /** Defaults for the next socket. */
  tcp: Partial<TcpOptions>;
  /** Linux's bits of net.ipv4.tcp_fastopen. */
  fastOpen: number;
  /** Who has which port. */
  readonly bindings: Bindings;
}
