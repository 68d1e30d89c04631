/** The words of the iperf3 protocol: one signed byte each on the control connection. */

export const IPERF3_PORT = 5201;
/** What every connection of a test begins with: 36 characters and a zero. */
export const COOKIE_LENGTH = 37;
/** Of the characters, in iperf3's alphabet: base 32 in small letters. */
export const COOKIE_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

export const TEST_START = 1;
export const TEST_RUNNING = 2;
export const TEST_END = 4;
export const PARAM_EXCHANGE = 9;
export const CREATE_STREAMS = 10;
export const SERVER_TERMINATE = 11;
export const CLIENT_TERMINATE = 12;
export const EXCHANGE_RESULTS = 13;
export const DISPLAY_RESULTS = 14;
export const IPERF_DONE = 16;
export const ACCESS_DENIED = -1;
export const SERVER_ERROR = -2;

/** Behind SERVER_ERROR stand two 32-bit numbers: one of these, and an errno. */
export const ERROR_TEXTS: Readonly<Record<number, string>> = {
  5: 'test duration too long',
  6: 'number of parallel streams out of range',
  7: 'block size out of range',
  8: 'socket buffer size out of range',
  10: 'TCP MSS out of range',
  12: 'omit time out of range',
  13: 'an option that is not implemented',
  16: 'only one test end condition (-t, -n, -k) may be specified',
  18: 'no SCTP support available',
  20: 'UDP block size out of range',
  102: 'unable to start listener for connections',
  109: 'control socket has closed unexpectedly',
  110: 'received an unknown control message',
  114: 'unable to receive parameters',
  117: 'unable to receive results',
};
export type ErrorCode = 5 | 6 | 7 | 8 | 10 | 12 | 13 | 18 | 20 | 102 | 114;

/** Why a test did not come to its end, in words for its user. */
export class Iperf3Error extends Error {
  override readonly name = 'Iperf3Error';
}

/** Stream numbers are 1, 3, 4, 5 and so on: what iperf3 once counted by mistake, all peers must count too. */
export const streamId = (index: number): number => (index === 0 ? 1 : index + 2);
