/** The capture that a command writes: a copy of what it reads, with interfaces, names and comments, in the format of its name. */
import { statSync } from 'node:fs';
import { Option } from 'commander';
import type { CapturedInterface, CaptureInfo } from '../../../capture/file/capture-data.ts';
import type { FileFormat } from '../../../capture/file/capture-writer.ts';
import type { RecordedFrame } from '../../../capture/record/frame-sink.ts';
import { STANDARD_OUTPUT } from '../../file-target.ts';
import { CaptureFile } from '../../pcap-file.ts';
import { UsageError } from '../usage-error.ts';

export interface OutputOptions {
  readonly output: string;
  readonly format?: FileFormat;
}

export const outputOption = (): Option =>
  new Option(
    '-o, --output <file>',
    'the new capture: pcap if it ends so, else pcapng; - is standard output',
  ).makeOptionMandatory();

export const formatOption = (): Option =>
  new Option('--format <format>', 'of the new capture, whatever its name').choices(['pcapng', 'pcap', 'pcap-microseconds']);

/** Copies frames of one capture or of several into one. */
export class CaptureCopy {
  readonly #file: CaptureFile;
  readonly #names = new Map<string, string[]>();
  #failed = '';
  /** Of every capture that is copied, the new numbers of its interfaces. */
  readonly #ids = new Map<CaptureInfo, number[]>();
  readonly #isClassic: boolean;
  #linkType: number | undefined = undefined;
  frames = 0;

  /**
   * @param inputs what is read meanwhile, and must not be written over
   * @throws UsageError when it cannot be written
   */
  constructor({ output, format }: OutputOptions, inputs: readonly string[], written: { application: string }) {
    for (const input of inputs)
      if (isSame(input, output)) throw new UsageError(`${output} would be written over while it is read; name another file`);
    this.#isClassic = (format ?? (output.endsWith('.pcap') ? 'pcap' : 'pcapng')) !== 'pcapng';
    try {
      this.#file = new CaptureFile(output, {
        isPatient: true,
        names: this.#names,
        section: written,
        onProblem: (problem) => {
          this.#failed = problem;
        },
        ...(format === undefined ? {} : { format }),
      });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }

  /** The interfaces and names of a capture as far as it has been read; with all of them before its first frame, none is left out. */
  describe(info: CaptureInfo, describeMore: (one: CapturedInterface) => CapturedInterface = (one) => one): void {
    const ids = this.#ids.get(info) ?? [];
    this.#ids.set(info, ids);
    for (let id = ids.length; id < info.interfaces.length; id++) {
      const { name, ...details } = describeMore(info.interfaces[id]!);
      this.#linkType ??= details.linkType;
      if (this.#isClassic && details.linkType !== this.#linkType)
        throw new UsageError('classic pcap has one link type for all frames, and these have several; write pcapng instead');
      ids.push(this.#file.addInterface(name, details));
    }
    if (info.names.size > 0) for (const [address, names] of info.names) this.#names.set(address, [...names]);
  }

  /** @throws UsageError when the file cannot be written any more */
  frame(info: CaptureInfo, frame: RecordedFrame): void {
    const interfaceId = this.#ids.get(info)?.[frame.interfaceId] ?? 0;
    this.#file.frame(interfaceId === frame.interfaceId ? frame : { ...frame, interfaceId });
    this.frames++;
    if (this.#failed !== '') throw new UsageError(this.#failed);
  }

  /** The reader of the pipe has left, or writing failed: nothing more need be read. */
  get isOpen(): boolean {
    return this.#file.isOpen;
  }

  close(): void {
    this.#file.close();
    if (this.#failed !== '') throw new UsageError(this.#failed);
  }
}

function isSame(input: string, output: string): boolean {
  if (output === STANDARD_OUTPUT || input === STANDARD_OUTPUT) return false;
  const [one, other] = [input, output].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev && one.isFile();
}
