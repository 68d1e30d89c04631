/**
 * The clients, each one process on the kernel's sockets and the same for every side.
 * Each takes where to go, `{ host, base }`, and the tools of a round, `{ children, programs, seconds, prefix }`, and tells one number.
 */
import { PORTS } from './ports.js';

/** @param prefix words before the command, such as taskset's */
const run = ({ children, prefix = [] }, command, args) => {
  const [first, ...rest] = [...prefix, command, ...args.map(String)];
  return children.run(first, rest);
};

/** @param kind of native/tcp-client.c */
export const tcp =
  (kind, service, scale = 1, atOnce = 1) =>
  async ({ host, base }, tools) =>
    Number(await run(tools, tools.programs['tcp-client'], [kind, host, base + PORTS[service], tools.seconds, atOnce])) / scale;

/** @returns datagrams a second that arrived @param atOnce bytes that one call of a sender hands over, when more than one datagram */
export const udp =
  (kind, size, atOnce = size) =>
  async ({ host, base }, tools) => {
    const words = await run(tools, tools.programs['udp-client'], [kind, host, base, tools.seconds, size, atOnce]);
    return Number(words.split(' ')[0]);
  };

/** Mean round trip in microseconds. */
const roundTrip = async (tools, args) => {
  const words = await run(tools, 'ping', ['-q', ...args]);
  const mean = /= [\d.]+\/([\d.]+)\//.exec(words)?.[1];
  if (mean === undefined) throw new Error(`ping did not say how long it took: ${words.trim()}`);
  return 1000 * Number(mean);
};

export const pingEveryMillisecond = ({ host }, tools) =>
  roundTrip(tools, ['-i', '0.001', '-c', Math.ceil(tools.seconds * 1000), host]);

/** Each request follows the answer to the one before. */
export const pingFlood = ({ host }, tools) => roundTrip(tools, ['-f', '-c', Math.ceil(tools.seconds * 20_000), host]);

/** @returns requests a second; wrk counts whole seconds only */
export const wrk =
  (service) =>
  async ({ host, base }, tools) => {
    const seconds = Math.max(1, Math.round(tools.seconds));
    const words = await run(tools, 'wrk', ['-t1', '-c32', `-d${seconds}s`, `http://${host}:${base + PORTS[service]}/`]);
    const failed = /Socket errors: (.*)|Non-2xx or 3xx responses: (\d+)/.exec(words);
    const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(words)?.[1]);
    if (failed !== null || !(rate > 0)) throw new Error(`wrk was not answered well: ${failed?.[0] ?? words.trim()}`);
    return rate;
  };
