/** Reading classic pcap, draft-ietf-opsawg-pcap, in every dialect there is, record by record. */
import type { RecordedFrame } from '../record/frame-sink.ts';
import { MAX_FRAME } from './capture-data.ts';
import type { CaptureFacts } from './capture-facts.ts';
import type { FormatReader, Progress, Shown } from './format-reader.ts';
import { bytesAre } from './format-reader.ts';
import type { Dialect } from './pcap-dialects.ts';
import { chooseDialect, dialectsOf } from './pcap-dialects.ts';

export class PcapReader implements FormatReader {
  readonly #facts: CaptureFacts;
  #dialect: Dialect | undefined = undefined;
  /** Files of old versions have the two lengths exchanged, some of them. */
  #isOld = false;

  constructor(facts: CaptureFacts) {
    this.#facts = facts;
    facts.format = 'pcap';
  }

  read(shown: Shown, take: (frame: RecordedFrame) => void): Progress {
    if (this.#dialect !== undefined) return this.#readRecords(shown, this.#dialect, 0, take);
    const { bytes, view, isEnd } = shown;
    const dialects = dialectsOf(view);
    const { little, fileHeader } = dialects[0]!; // the magic was looked at before this reader was chosen
    if (bytes.length < fileHeader) return { used: 0, needed: fileHeader };
    const chosen = chooseDialect(dialects, view, isEnd);
    if (this.#facts.interfaces.length === 0) this.#readHeader(view, little);
    if (typeof chosen === 'number') return { used: 0, needed: chosen };
    this.#dialect = chosen;
    this.#facts.variant = chosen.name;
    return this.#readRecords(shown, chosen, fileHeader, take);
  }

  cut({ bytes, view, offset }: Shown): string {
    const dialect = this.#dialect;
    const are = `only ${bytesAre(bytes.length)} there`;
    if (dialect === undefined) return `offset 0: a file header of ${dialectsOf(view)[0]!.fileHeader} bytes begins, but ${are}`;
    if (bytes.length < dialect.recordHeader)
      return `offset ${offset}: a record header of ${dialect.recordHeader} bytes begins, but ${are}`;
    const captured = this.#lengths(view, 0, dialect.little).captured;
    return `offset ${offset}: a frame of ${captured} bytes begins, but only ${bytesAre(bytes.length - dialect.recordHeader)} there`;
  }

  #readHeader(view: DataView, little: boolean): void {
    this.#isOld = view.getUint16(4, little) !== 2 || view.getUint16(6, little) < 4;
    // the upper half of the word tells of the frame check sequence
    const linkType = view.getUint32(20, little) & 0xffff;
    this.#facts.interfaces.push({ name: '', linkType, snapLength: view.getUint32(16, little) });
  }

  #readRecords({ bytes, view, offset }: Shown, dialect: Dialect, from: number, take: (frame: RecordedFrame) => void): Progress {
    const { little, unit, recordHeader } = dialect;
    let at = from;
    while (at + recordHeader <= bytes.length) {
      const { captured, original } = this.#lengths(view, at, little);
      if (captured > MAX_FRAME) {
        const problem = `offset ${offset + at + 8}: expected a frame of at most ${MAX_FRAME} bytes, found ${captured}`;
        return { used: at, needed: 0, problem };
      }
      const end = at + recordHeader + captured;
      if (end > bytes.length) return { used: at, needed: end - at };
      const nanoseconds = view.getUint32(at + 4, little) * unit; // below 2^42
      take({
        bytes: bytes.subarray(at + recordHeader, end),
        at: view.getUint32(at, little) * 1_000_000 + Math.floor(nanoseconds / 1000),
        nanoseconds: nanoseconds % 1000,
        direction: 'unknown',
        interfaceId: 0,
        comment: '',
        originalLength: original,
      });
      at = end;
    }
    return { used: at, needed: recordHeader };
  }

  #lengths(view: DataView, at: number, little: boolean): { captured: number; original: number } {
    const [captured, original] = [view.getUint32(at + 8, little), view.getUint32(at + 12, little)];
    return this.#isOld && captured > original ? { captured: original, original: captured } : { captured, original };
  }
}
