/** Is an address free? RFC 2131 §2.2: the server "SHOULD probe the reused address before allocating", by ICMP echo. */
import type { Micros, Stack } from '../../stack/index.ts';
import { fromV4 } from '../../stack/index.ts';
import { ping } from '../ping.ts';
import type { Timekeeper } from '../timekeeper.ts';

/**
 * Asks once. A host that answers no ping, as many do not, still answers ARP.
 * @returns whether somebody has it
 */
export async function isInUse(stack: Stack, address: number, time: Timekeeper, timeout: Micros): Promise<boolean> {
  const began = time.now();
  const sleep = (duration: Micros): Promise<void> => new Promise((resolve) => void time.after(duration, resolve));
  for await (const { outcome } of ping(stack, fromV4(address), { now: time.now, sleep, count: 1, timeout })) {
    if (outcome === 'reply') return true;
  }
  return hasAnsweredArp(stack, address, began, time.now());
}

/** Where nobody has, the ping that still waits for an answer is not to reach the client that gets the address now. */
function hasAnsweredArp({ interfaces }: Stack, address: number, began: Micros, now: Micros): boolean {
  for (const { arp } of interfaces.values()) {
    arp.abandon(address, now);
    const neighbor = arp.neighbor(address, now);
    if (neighbor?.state === 'reachable' && now - neighbor.age >= began) return true;
  }
  return false;
}
