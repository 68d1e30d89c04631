/** A stack on a TAP for the length of a command: opened, recorded, and taken away again however the command ends. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameSink } from '../../capture/record/frame-sink.ts';
import type { Stack } from '../../stack/stack.ts';
import type { ExitGuard } from '../close-on-exit.ts';
import { closeOnExit } from '../close-on-exit.ts';
import { enterPrivateNamespace, NamespaceError } from '../private-namespace.ts';
import { TapError } from '../tap-error.ts';
import type { TapHost, TapHostOptions } from '../tap-host.ts';
import { checkNetwork } from './check-network.ts';
import type { NetworkOptions } from './network-options.ts';
import { faultsOf } from './network-options.ts';
import type { RecordingFiles } from './recording-files.ts';
import { UsageError } from './usage-error.ts';

export interface Session {
  readonly host: TapHost;
  /** Closes everything at a signal; released by whoever handles signals otherwise. */
  readonly guard: ExitGuard;
  /** Lets open connections finish, for a second at most, then stops the stack and finishes the capture. */
  close(): Promise<void>;
}

export interface SessionExtras {
  /** Told of every frame besides what the options ask for. */
  readonly sinks?: readonly FrameSink[];
  /** Where `--verbose` and other words go. @default a printer that leaves alone a standard output which carries the capture */
  readonly print?: (line: string) => void;
  /** Called when all has been said and the TAP is still there. */
  readonly atEnd?: (stack: Stack) => void;
  /** What is still to be said on the link before it goes away. Bounded in time. */
  readonly farewell?: () => Promise<void>;
}

/** Prints for people. @param isTaken standard output belongs to somebody else: what is said goes to standard error */
export const printer =
  ({ capture }: Pick<NetworkOptions, 'capture'>, isTaken = false) =>
  (line: string): void => {
    (capture === '-' || isTaken ? process.stderr : process.stdout).write(`${line}\n`);
  };

/** @throws UsageError when something that was asked for cannot be had */
export async function openSession(options: NetworkOptions, extras: SessionExtras = {}): Promise<Session> {
  return explain(async () => {
    checkNetwork(options);
    // with --private the process is replaced here and begins again inside; the mark in its environment ends the circle
    if (options.private) enterPrivateNamespace();
    const { sinks = [], print = printer(options), atEnd = () => {}, farewell = async () => {} } = extras;
    // what follows is loaded in here: not for a process that is replaced, and not what was not asked for
    const { TapHost: Host } = await import('../tap-host.ts');
    const files = await recordingFiles(options);
    const all = [...sinks, ...files.sinks, ...(options.verbose ? [await frameLines(print)] : [])];
    let host: TapHost;
    try {
      host = await Host.open(hostOptions(options, { ...files, sinks: all }));
    } catch (error) {
      files.discard();
      throw error;
    }
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      stopped ??= farewell()
        .then(() => atEnd(host.stack))
        .then(() => host.close())
        .then(() => files.close());
      return stopped;
    };
    const close = async (): Promise<void> => {
      const guard = closeOnExit([{ close: stop }]); // a signal now ends the waiting, and loses nothing
      await connectionsFinish(host.stack);
      await stop();
      guard.release();
    };
    return { host, guard: closeOnExit([{ close: stop }]), close };
  });
}

const NO_FILES: RecordingFiles = { sinks: [], rawSinks: [], series: undefined, close: () => {}, discard: () => {} };

async function recordingFiles(options: NetworkOptions): Promise<RecordingFiles> {
  const { capture, captureRaw, ring, series } = options;
  const isAsked = [capture, captureRaw, ring, series].some((wish) => wish !== undefined);
  return isAsked ? (await import('./recording-files.ts')).openRecordingFiles(options) : NO_FILES;
}

const frameLines = async (print: (line: string) => void): Promise<FrameSink> =>
  new (await import('../../capture/words/frame-lines.ts')).FrameLines(print);

const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 5;
/** Nobody waits for these: the handshakes of a port scan may never end, and in TIME-WAIT everything has been said. */
const NOT_WAITED_FOR: ReadonlySet<string> = new Set(['SYN-SENT', 'SYN-RECEIVED', 'TIME-WAIT', 'CLOSED']);

/** A program that has ended has closed its connections; what it and we still say about that belongs to the conversation. */
async function connectionsFinish(stack: Stack): Promise<void> {
  for (let left = PATIENCE_MS / LOOK_EVERY_MS; left > 0; left--) {
    const isOver = [...stack.tcp.connections()].every(({ state }) => NOT_WAITED_FOR.has(state));
    if (isOver) return;
    await delay(LOOK_EVERY_MS);
  }
}

function hostOptions(
  options: NetworkOptions,
  { sinks, rawSinks, series }: Pick<RecordingFiles, 'sinks' | 'rawSinks' | 'series'>,
): TapHostOptions {
  const { tap, ip, hostIp, gateway, mac, mtu, tapDriver, offload, seed, tcp, fault, explain: explains } = options;
  const given = {
    tap,
    hostIp,
    gateway,
    mac,
    mtu,
    seed,
    tcp,
    faults: faultsOf(options),
    faultRules: fault,
    explain: explains,
    series,
    withoutAddress: options.dhcp,
    linuxWithoutAddress: options.dhcpServer === undefined ? undefined : true,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ip, driver: tapDriver, offload: offload === false ? 'off' : offload, sinks, rawSinks, ...present };
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
