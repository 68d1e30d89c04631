/** A capture file of either format, told apart by its first word. */
import type { Capture } from './capture-data.ts';
import { readPcap } from './pcap.ts';
import { SECTION_HEADER } from './pcapng-numbers.ts';
import { readPcapng } from './pcapng-reader.ts';

/** Never throws: `end` and `problem` say what became of a file that is cut off, damaged, or no capture at all. */
export function readCapture(bytes: Uint8Array): Capture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0) === SECTION_HEADER) return readPcapng(bytes);
  const capture = readPcap(bytes);
  if (capture.end !== 'damaged' || capture.interfaces.length > 0) return capture;
  const found =
    bytes.length === 0
      ? 'an empty file'
      : [...bytes.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
  const problem = `offset 0: expected a capture, pcapng (0a 0d 0d 0a) or pcap (a1 b2 c3 d4, a1 b2 3c 4d, or either reversed), found ${found}`;
  return { ...capture, format: 'unknown', problem };
}
