/**
 * Frames that we write to a TAP are received by the kernel: as a rule inside of our write(2), with all that follows from them, its
 * TCP sending the next window among it. A TAP that is attached with IFF_NAPI can leave that to a thread of the kernel, on
 * another processor (Documentation/networking/napi.rst, "Threaded NAPI"; Linux 5.12 and later).
 *
 * Without offload, where every segment is a write, it pays (quiet machine, 3 s each): 2.1 to 3.7 Gbit/s out, 4.1 to 4.9 in, for some
 * 15 µs more in a flood of pings. With offload it brings nothing: the copies are the work, not the calls.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from '../stack/wire/mac-address.ts';
import { readInterface } from './interface-config.ts';

/**
 * Asks for the thread.
 * @returns false where the kernel has none, where we may not ask, or where /sys shows the interfaces of another network namespace
 */
export function useReceiveThread(name: string): boolean {
  const folder = `/sys/class/net/${name}`;
  try {
    const own = readInterface(name);
    // a TAP's address is a random one: two of the same name in two namespaces differ in it
    if (own === undefined || format(own.mac) !== readFileSync(`${folder}/address`, 'utf8').trim()) return false;
    writeFileSync(`${folder}/threaded`, '1');
    return readFileSync(`${folder}/threaded`, 'utf8').trim() === '1';
  } catch {
    return false;
  }
}
