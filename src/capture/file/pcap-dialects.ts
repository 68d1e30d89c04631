/** The dialects of classic pcap: what the magic says of byte order, unit of time and the length of a record's header. */

export const MAGIC_MICROSECONDS = 0xa1b2_c3d4;
export const MAGIC_NANOSECONDS = 0xa1b2_3c4d;
/** Kuznetzov's patches to libpcap 0.4, which SuSE and Red Hat shipped; the interface's number stands in each record. */
const MAGIC_MODIFIED = 0xa1b2_cd34;
/** The hardware and the software recorder of Ixia: the file header ends with the length of all records. */
const MAGIC_IXIA_HARDWARE = 0x1c00_01ac;
const MAGIC_IXIA_SOFTWARE = 0x1c00_01ab;

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

export interface Dialect {
  readonly little: boolean;
  /** Nanoseconds in one count of a record's second word. */
  readonly unit: 1 | 1000;
  readonly fileHeader: number;
  readonly recordHeader: number;
  /** In words. */
  readonly name: string;
}

type Shape = Omit<Dialect, 'little'>;

const shape = (name: string, unit: 1 | 1000, recordHeader = RECORD_HEADER, fileHeader = FILE_HEADER): Shape => ({
  name,
  unit,
  recordHeader,
  fileHeader,
});

/** Several programs changed the record and kept the magic: then the records tell, in this order of preference. */
const SHAPES: ReadonlyMap<number, readonly Shape[]> = new Map([
  [
    MAGIC_MICROSECONDS,
    [shape('microseconds', 1000), shape('microseconds, Red Hat 6.1', 1000, 24), shape('microseconds, Nokia', 1000, 20)],
  ],
  [MAGIC_NANOSECONDS, [shape('nanoseconds', 1)]],
  [MAGIC_MODIFIED, [shape('microseconds, modified', 1000, 24), shape('microseconds, SuSE 6.3', 1000, 28)]],
  [MAGIC_IXIA_HARDWARE, [shape('nanoseconds, Ixia hardware', 1, RECORD_HEADER, 28)]],
  [MAGIC_IXIA_SOFTWARE, [shape('nanoseconds, Ixia software', 1, RECORD_HEADER, 28)]],
]);

/** @returns those that begin with this word; none when it is no pcap */
export function dialectsOf(view: DataView): readonly Dialect[] {
  for (const little of [true, false]) {
    const shapes = SHAPES.get(view.getUint32(0, little));
    if (shapes !== undefined)
      return shapes.map((one) => ({ ...one, little, name: `${one.name}, ${little ? 'little' : 'big'}-endian` }));
  }
  return [];
}

/** So many records that make sense are taken for proof. */
const PROOF = 2;

/** @returns the dialect that the records speak, or how many bytes must be there to tell */
export function chooseDialect(dialects: readonly Dialect[], view: DataView, isEnd: boolean): Dialect | number {
  let best: Dialect | undefined;
  let most = -1;
  for (const dialect of dialects) {
    const { sound, needed } = soundRecords(dialect, view);
    if (sound >= PROOF) return dialect;
    if (needed > 0 && !isEnd) return needed;
    if (sound > most) [best, most] = [dialect, sound];
  }
  return best ?? 0;
}

/**
 * Records at the front that make sense when they are read so; the exact end counts as one.
 * @returns with how many bytes more could be said; 0 when one makes no sense
 */
function soundRecords({ little, unit, fileHeader, recordHeader }: Dialect, view: DataView): { sound: number; needed: number } {
  let at = fileHeader;
  for (let sound = 0; sound < PROOF; sound++) {
    if (at === view.byteLength) return { sound: sound + 1, needed: at + recordHeader };
    if (at + recordHeader > view.byteLength) return { sound, needed: at + recordHeader };
    const [captured, original] = [view.getUint32(at + 8, little), view.getUint32(at + 12, little)];
    const isSound = view.getUint32(at + 4, little) * unit < 1_000_000_000 && captured <= original && captured <= LONGEST;
    if (!isSound) return { sound, needed: 0 };
    at += recordHeader + captured;
  }
  return { sound: PROOF, needed: 0 };
}

/** Of a frame in a file that is to prove its dialect. */
const LONGEST = 262_144;
