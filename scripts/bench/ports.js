/** Where every server of the benchmark has its services; the native one has the same numbers in native/common.h. */
export const PORTS = { echo: 7, discard: 9, count: 10, source: 19, hello: 8080, http: 8081 };

/** Node's own server shares its address with the native one. */
export const NODE_BASE = 10_000;

/** What node:http answers to everything, on the stack and on the kernel. */
export function answerHttp(_request, response) {
  const body = 'hello\n';
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
  response.end(body);
}

/** An order of datagrams as udp-server.h describes it; undefined when it is none. */
export function readOrder(bytes) {
  if (bytes.length !== 12) return undefined;
  const words = new DataView(bytes.buffer, bytes.byteOffset, 12);
  return { seconds: words.getUint32(0, true) / 1e3, size: words.getUint32(4, true), atOnce: words.getUint32(8, true) };
}

/** A count as the client reads it. */
export function writeCount(count) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(count), true);
  return bytes;
}
