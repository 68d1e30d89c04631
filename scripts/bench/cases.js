/**
 * What is measured, in the order of the table. A case has
 * - `sides`: who is measured in each round, in the columns tapstack, veth (native servers) and node (node:net, node:http);
 *   `tapstack` is who stands for it (`plain`: without offload);
 * - `reference`: the column that tapstack is compared with; absent: there is nothing to compare;
 * - `better`: 'more' or 'less';
 * - `rows`: what is shown instead of what was measured, each `of` the number and the stack's report on itself;
 * - `open`: measured by tapstack alone, see `alone.js`; with `isLocal` without any network;
 * - `target`: `{ ratio }` at least, or `{ value }` at least or at most, as `better` says.
 */
import { bigLab, idle, inMemory, startUp } from './alone.js';
import { pingEveryMillisecond, pingFlood, tcp, udp, wrk } from './clients.js';

const GIGA = 1e9;
const THREE = { tapstack: 'tapstack', veth: 'veth', node: 'node' };
const NATIVE = { tapstack: 'tapstack', veth: 'veth' };
const PLAIN = { tapstack: 'plain', veth: 'veth' };

const network = (id, title, unit, measure, about = {}) => ({
  id,
  title,
  unit,
  measure,
  better: 'more',
  sides: THREE,
  reference: 'veth',
  ...about,
});

/** Gigabytes that were moved at so many Gbit/s. */
const gigabytes = (rate, { seconds }) => (rate * seconds) / 8;

const GARBAGE = [
  { title: 'garbage collections, bulk in', unit: 'per GB', of: (rate, report) => report.collections / gigabytes(rate, report) },
  {
    title: 'time in garbage collection, bulk in',
    unit: 'ms per GB',
    of: (rate, report) => (report.collecting * 1e3) / gigabytes(rate, report),
  },
];

const alone = (id, title, unit, open, about) => ({ id, title, unit, open, ...about });

export const CASES = [
  network('bulk-in', 'bulk TCP, kernel to stack', 'Gbit/s', tcp('send', 'discard', GIGA), { target: { ratio: 1 } }),
  network('bulk-out', 'bulk TCP, stack to kernel', 'Gbit/s', tcp('receive', 'source', GIGA), { target: { ratio: 1 } }),
  network('plain-in', 'bulk TCP without offload, kernel to stack', 'Gbit/s', tcp('send', 'discard', GIGA), {
    sides: PLAIN,
    target: { ratio: 0.15 },
  }),
  network('plain-out', 'bulk TCP without offload, stack to kernel', 'Gbit/s', tcp('receive', 'source', GIGA), {
    sides: PLAIN,
    target: { ratio: 0.1 },
  }),
  network('udp-in', 'UDP, 64 bytes, kernel to stack', '/s', udp('send', 64)),
  network('udp-out', 'UDP, 64 bytes, stack to kernel', '/s', udp('receive', 64)),
  network('uso-in', 'UDP, 1,448 bytes, 44 a call, kernel to stack', '/s', udp('send', 1448, 44 * 1448), { sides: NATIVE }),
  network('uso-out', 'UDP, 1,448 bytes, 44 a call, stack to kernel', '/s', udp('receive', 1448, 44 * 1448), { sides: NATIVE }),
  network('ping', 'ping every millisecond, mean', 'µs', pingEveryMillisecond, {
    better: 'less',
    sides: NATIVE,
    target: { value: 60 },
  }),
  network('flood', 'ping -f, mean', 'µs', pingFlood, { better: 'less', sides: NATIVE }),
  network('request', '1 byte there and back, all on one core', '/s', tcp('request', 'echo'), {
    target: { ratio: 0.7 },
    oneCore: true,
  }),
  network('connect', 'connect, echo, close, 32 at once', '/s', tcp('connect', 'echo', 1, 32), { target: { ratio: 0.8 } }),
  network('connect-single', 'connect, echo, close, one by one', '/s', tcp('connect', 'echo')),
  network('http', 'wrk -t1 -c32, node:http on the stack', '/s', wrk('http'), {
    sides: { tapstack: 'tapstack', node: 'node' },
    reference: 'node',
    target: { ratio: 1 },
  }),
  network('hello', 'wrk -t1 -c32, up --hello', '/s', wrk('hello'), { sides: NATIVE, target: { ratio: 1 } }),
  alone('memory-large', 'two stacks in memory, super-segments', 'Gbit/s', inMemory(true, 4), {
    isLocal: true,
    better: 'more',
    target: { value: 20 },
  }),
  alone('memory-small', 'two stacks in memory, 1,448-byte segments', 'Gbit/s', inMemory(false, 1), {
    isLocal: true,
    better: 'more',
    target: { value: 4 },
  }),
  network('garbage', 'garbage collections, bulk in', 'per GB', tcp('send', 'discard', GIGA), {
    better: 'less',
    sides: { tapstack: 'tapstack' },
    reference: undefined,
    rows: GARBAGE,
  }),
  alone('idle', 'an idle connection of 100,000, each end', 'bytes', idle(100_000), {
    isLocal: true,
    better: 'less',
    target: { value: 1500 },
    rounds: 1, // a size, not a time
  }),
  alone('lab', '100,000 datagrams in a lab of 1,000 hosts', 's', bigLab(100_000), {
    isLocal: true,
    better: 'less',
    target: { value: 10 },
    rounds: 1,
  }),
  alone('start', 'tapstack up, start to first answered ping', 'ms', startUp, { better: 'less', target: { value: 300 } }),
];
