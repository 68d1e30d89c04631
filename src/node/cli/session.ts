/** A stack on a TAP for the length of a command: opened, recorded, and taken away again however the command ends. */
import { FrameLines } from '../../capture/frame-lines.ts';
import type { FrameSink } from '../../capture/frame-sink.ts';
import type { ExitGuard } from '../close-on-exit.ts';
import { closeOnExit } from '../close-on-exit.ts';
import { HostClock } from '../host-clock.ts';
import { CaptureFile } from '../pcap-file.ts';
import { enterPrivateNamespace, NamespaceError } from '../private-namespace.ts';
import { TapError } from '../tap-error.ts';
import type { TapHostOptions } from '../tap-host.ts';
import { TapHost } from '../tap-host.ts';
import type { NetworkOptions } from './network-options.ts';
import { faultsOf } from './network-options.ts';
import { UsageError } from './usage-error.ts';

export interface Session {
  readonly host: TapHost;
  readonly guard: ExitGuard;
  /** Stops the stack and finishes the capture. */
  close(): Promise<void>;
}

/** Prints for people: to standard error where standard output carries the capture. */
export const printer =
  (options: Pick<NetworkOptions, 'capture'>) =>
  (line: string): void => {
    (options.capture === '-' ? process.stderr : process.stdout).write(`${line}\n`);
  };

/**
 * @param sinks told of every frame besides what the options ask for
 * @throws UsageError when something that was asked for cannot be had
 */
export async function openSession(options: NetworkOptions, sinks: readonly FrameSink[] = []): Promise<Session> {
  return explain(async () => {
    // with --private the process is replaced here and begins again inside; the mark in its environment ends the circle
    if (options.private) enterPrivateNamespace();
    const file = options.capture === undefined ? undefined : new CaptureFile(options.capture, captureOptions());
    const all = [...sinks, ...(file === undefined ? [] : [file]), ...(options.verbose ? [new FrameLines(printer(options))] : [])];
    let host: TapHost;
    try {
      host = await TapHost.open(hostOptions(options, all));
    } catch (error) {
      file?.discard();
      throw error;
    }
    const close = async (): Promise<void> => {
      await host.close();
      file?.close();
    };
    return { host, guard: closeOnExit([{ close }]), close };
  });
}

const captureOptions = (): ConstructorParameters<typeof CaptureFile>[1] => ({
  epochOffset: new HostClock().wallOffset,
  onProblem: (problem) => process.stderr.write(`${problem}\n`),
});

function hostOptions(options: NetworkOptions, sinks: readonly FrameSink[]): TapHostOptions {
  const { tap, ip, hostIp, gateway, mac, mtu, tapDriver, offload, seed } = options;
  const given = { tap, hostIp, gateway, mac, mtu, seed, faults: faultsOf(options) };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ip, driver: tapDriver, offload, sinks, ...present };
}

/** Turns what the machine refuses into a line for its user. */
async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TapError || error instanceof NamespaceError || error instanceof RangeError || isFileError(error)) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

/** What `CaptureFile` throws when it cannot open its file. */
const isFileError = (error: unknown): error is Error => error instanceof Error && error.message.startsWith('cannot write');
