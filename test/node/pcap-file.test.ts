/** Capture files on disk and on pipes, and what Wireshark makes of them. */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  constants as fs,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/file/read-capture.ts';
import { RecordingDevice } from '../../src/capture/record/recording-device.ts';
import { CaptureFile } from '../../src/node/pcap-file.ts';
import type { Packet } from '../../src/stack/bytes/packet.ts';
import type { LinkDevice } from '../../src/stack/device.ts';
import * as arp from '../../src/stack/wire/arp.ts';
import * as tcp from '../../src/stack/wire/tcp.ts';
import {
  A,
  arpFrame,
  B,
  echoFrame,
  leaveChecksumToDevice,
  pattern,
  recorded,
  superSegment,
  tcpFrame,
  tcpPacket,
} from '../capture/frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapstack-capture-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (extension = 'pcapng'): string => join(folder, `${++files}.${extension}`);
const REVERSE = { from: B, to: A, sourcePort: 80, destinationPort: 43_210 };
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('the file', () => {
  test('grows with each turn of the event loop, and can be read at any time', async () => {
    const file = new CaptureFile(fresh());
    file.addInterface('lan0');
    file.frame(recorded(echoFrame(), 5));
    await turn();
    expect(readCapture(readFileSync(file.path))).toMatchObject({ end: 'complete', frames: [{ at: 5 }] });
    file.frame(recorded(echoFrame(), 6));
    await turn();
    expect(readCapture(readFileSync(file.path)).frames).toHaveLength(2);
    file.close();
    expect(file.isOpen).toBe(false);
  });

  test('grows within a turn too when much comes', () => {
    const file = new CaptureFile(fresh());
    file.addInterface('lan0');
    for (let i = 0; i < 1000; i++) file.frame(recorded(tcpFrame({ payload: pattern(1400) }), i));
    const before = readCapture(readFileSync(file.path)).frames.length;
    expect(before).toBeGreaterThan(900);
    file.close();
    expect(readCapture(readFileSync(file.path))).toMatchObject({ end: 'complete' });
    expect(readCapture(readFileSync(file.path)).frames).toHaveLength(1000);
    expect(file.skipped).toBe(0);
  });

  test('.pcap is the classic format, anything else pcapng', () => {
    for (const [extension, format] of [
      ['pcap', 'pcap'],
      ['pcapng', 'pcapng'],
      ['cap', 'pcapng'],
    ]) {
      const file = new CaptureFile(fresh(extension));
      file.addInterface('lan0');
      file.frame(recorded(echoFrame(), 7));
      file.close();
      expect(readCapture(readFileSync(file.path))).toMatchObject({ format, end: 'complete', frames: [{ at: 7 }] });
    }
  });

  test('the epoch offset is added; without it captures are the same, byte for byte', () => {
    const write = (epochOffset: number): Buffer => {
      const file = new CaptureFile(fresh(), { epochOffset });
      file.addInterface('lan0');
      file.frame(recorded(echoFrame(), 1234));
      file.close();
      return readFileSync(file.path);
    };
    expect(write(0).equals(write(0))).toBe(true);
    expect(readCapture(write(1_767_225_600_000_000)).frames[0]?.at).toBe(1_767_225_600_001_234);
  });

  test('an earlier capture is replaced, not written into', () => {
    const path = fresh();
    writeFileSync(path, 'x'.repeat(10_000));
    const file = new CaptureFile(path);
    file.addInterface('lan0');
    file.close();
    expect(readFileSync(path).length).toBeLessThan(200);
  });

  test('closing twice, and frames after closing, do nothing', () => {
    const file = new CaptureFile(fresh());
    file.addInterface('lan0');
    file.close();
    const before = readFileSync(file.path);
    file.close();
    file.frame(recorded(echoFrame()));
    expect(file.flush()).toBe(true);
    expect(readFileSync(file.path).equals(before)).toBe(true);
  });

  test('does not gather listeners on the process', () => {
    const before = process.listenerCount('exit');
    for (let i = 0; i < 20; i++) new CaptureFile(fresh()).close();
    for (let i = 0; i < 20; i++) new CaptureFile(fresh()).discard();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('a start that fails', () => {
  test('discard leaves nothing behind', () => {
    const path = fresh();
    const file = new CaptureFile(path);
    expect(existsSync(path)).toBe(true); // made before anything else is
    file.discard();
    expect(existsSync(path)).toBe(false);
  });

  test('discard leaves an earlier capture as it was', async () => {
    const path = fresh();
    writeFileSync(path, 'an earlier capture');
    const file = new CaptureFile(path);
    await turn();
    file.discard();
    expect(readFileSync(path, 'utf8')).toBe('an earlier capture');
  });

  test('a file that cannot be written is one line: what is wrong, and what would be right', () => {
    const message = (path: string): string => {
      try {
        new CaptureFile(path);
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing was thrown';
    };
    const missing = join(folder, 'no', 'such');
    expect(message(join(missing, 'a.pcap'))).toBe(
      `cannot write the capture ${missing}/a.pcap: its folder does not exist; make it with "mkdir -p ${missing}", or name another file`,
    );
    expect(message(folder)).toBe(
      `cannot write the capture ${folder}: it is a folder; name a file in it, such as ${folder}/tapstack.pcapng`,
    );
    writeFileSync(join(folder, 'plain'), '');
    expect(message(join(folder, 'plain', 'a.pcap'))).toMatch(
      /a part of its path is not a folder; name a file that you may write, such as /,
    );
    expect(message(`${folder}/${'n'.repeat(300)}`)).toMatch(/: ENAMETOOLONG; name a file/);
    expect(message(`${folder}\0`)).toMatch(/^cannot write the capture/);
  });
});

test('a disk that is full ends the capture with one line, once', () => {
  const problems: string[] = [];
  const file = new CaptureFile('/dev/full', { onProblem: (problem) => problems.push(problem) });
  file.addInterface('lan0');
  file.flush();
  file.frame(recorded(echoFrame()));
  file.close();
  expect(problems).toEqual(['the capture /dev/full ends here: the disk is full']);
  expect(file.isOpen).toBe(false);
});

describe('a pipe', () => {
  const makeFifo = (): string => {
    const path = fresh('fifo');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    return path;
  };

  test('a reader that leaves ends the capture without a word', () => {
    const path = makeFifo();
    const reader = openSync(path, fs.O_RDONLY | fs.O_NONBLOCK);
    const problems: string[] = [];
    const file = new CaptureFile(path, { onProblem: (problem) => problems.push(problem) });
    file.addInterface('lan0');
    expect(file.flush()).toBe(true);
    closeSync(reader);
    file.frame(recorded(echoFrame()));
    file.flush();
    expect([file.isOpen, problems]).toEqual([false, []]);
    file.frame(recorded(echoFrame()));
    file.close();
  });
});

/** The module as JavaScript, because this Node runs no TypeScript: programs of their own have a standard output of their own. */
const compiled = join(folder, 'compiled');
beforeAll(() => {
  const root = resolve(import.meta.dirname, '../..');
  mkdirSync(compiled);
  const compilerOptions = { outDir: compiled, rootDir: join(root, 'src'), composite: false, declaration: false, noCheck: true };
  const files = [join(root, 'src/node/pcap-file.ts')];
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, files, references: [] };
  writeFileSync(join(compiled, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(compiled, 'package.json'), '{ "type": "module" }');
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', compiled], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

/** Starts a program that has the module and a way to make frames. */
function start(body: string) {
  const path = join(compiled, `${++files}.js`);
  const prelude = `
    import { CaptureFile } from './node/pcap-file.js';
    const frame = (at, length = 100) => ({ bytes: new Uint8Array(length), at, direction: 'out', interfaceId: 0, comment: '' });`;
  writeFileSync(path, prelude + body);
  return spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Everything a program wrote and how it ended. */
async function outcome(program: ReturnType<typeof start>) {
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  program.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  program.stderr.on('data', (bytes: Buffer) => errors.push(bytes));
  const code = await new Promise((done) => program.on('close', done));
  return { code, output: Buffer.concat(output), errors: Buffer.concat(errors).toString() };
}

describe('a program of its own', () => {
  test('that dies of an exception leaves a readable file, the last frame in it', async () => {
    const path = fresh();
    const body = `
      const file = new CaptureFile(${JSON.stringify(path)});
      file.addInterface('lan0');
      file.frame(frame(1));
      setTimeout(() => { file.frame(frame(2)); throw new Error('a bug'); }, 20);`;
    const { code, errors } = await outcome(start(body));
    expect([code, errors]).toEqual([1, expect.stringContaining('a bug')]);
    expect(readCapture(readFileSync(path))).toMatchObject({ end: 'complete', frames: [{ at: 1 }, { at: 2 }] });
  });

  test('that dies before it adds an interface leaves no file', async () => {
    const path = fresh();
    await outcome(start(`new CaptureFile(${JSON.stringify(path)}); throw new Error('no TAP');`));
    expect(existsSync(path)).toBe(false);
  });

  test('that is killed leaves a readable file', async () => {
    const path = fresh();
    const body = `
      const file = new CaptureFile(${JSON.stringify(path)});
      file.addInterface('lan0');
      file.frame(frame(1));
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);`;
    await outcome(start(body));
    expect(readCapture(readFileSync(path))).toMatchObject({ end: 'complete', frames: [{ at: 1 }] });
  });

  test('writes to standard output as the frames come', async () => {
    const program = start(`
      const file = new CaptureFile('-');
      file.addInterface('lan0');
      file.frame(frame(1));
      setInterval(() => {}, 1000);`);
    const first = await new Promise<Buffer>((done) => program.stdout.once('data', done));
    expect(readCapture(first)).toMatchObject({ end: 'complete', frames: [{ at: 1 }] });
    program.kill();
    await outcome(program);
  });

  test('stops capturing, and nothing else, when the reader of its standard output leaves (EPIPE)', async () => {
    const program = start(`
      const file = new CaptureFile('-', { onProblem: (problem) => console.error(problem) });
      file.addInterface('lan0');
      const timer = setInterval(() => {
        file.frame(frame(1));
        if (!file.isOpen) { clearInterval(timer); console.error('goes on'); }
      }, 1);`);
    await new Promise((done) => program.stdout.once('data', done));
    program.stdout.destroy();
    expect(await outcome(program)).toMatchObject({ code: 0, errors: 'goes on\n' });
  });

  /** Touching `process.stdout` makes a pipe non-blocking, for everybody who holds it. */
  const flood = (frames: number, end: string) => `
    process.stdout;
    const file = new CaptureFile('-');
    file.addInterface('lan0');
    for (let at = 0; at < ${frames}; at++) file.frame(frame(at, 10_000));
    ${end}
    function report() { file.close(); console.error(file.skipped); }`;

  test.each([
    ['waits for the event loop', 'setTimeout(report, 500);'],
    ['closing waits too', 'report();'],
  ])('a slow reader (EAGAIN): %s, and nothing is lost', async (_name, end) => {
    const { output, errors } = await outcome(start(flood(800, end)));
    expect(errors).toBe('0\n');
    const capture = readCapture(output);
    expect([capture.end, capture.frames.map(({ at }) => at)]).toEqual(['complete', Array.from({ length: 800 }, (_, at) => at)]);
  });

  test('a reader that is much too slow misses whole frames, and is told how many', async () => {
    const { output, errors } = await outcome(start(flood(4000, 'report();')));
    const capture = readCapture(output);
    expect(capture.end).toBe('complete');
    expect(Number(errors)).toBeGreaterThan(1000);
    expect(capture.frames.length + Number(errors)).toBe(4000);
  });
});

const tshark = (path: string, ...options: string[]): string[] => {
  const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
  const { stdout, status } = spawnSync('tshark', ['-r', path, '-n', ...checks, ...options], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.split('\n').slice(0, -1);
};
const fields = (path: string, ...names: string[]): string[][] =>
  tshark(path, '-T', 'fields', ...names.flatMap((name) => ['-e', name])).map((line) => line.split('\t'));

describe.runIf(spawnSync('tshark', ['--version']).status === 0)('Wireshark', { timeout: 60_000 }, () => {
  test('sees interfaces, nanoseconds, directions and comments', () => {
    const file = new CaptureFile(fresh(), { epochOffset: 1_767_225_600_000_000 });
    const [lan, wan] = [file.addInterface('lan0'), file.addInterface('wan0')];
    file.frame(recorded(arpFrame(arp.REQUEST, A, B), 1, { interfaceId: lan, nanoseconds: 234 }));
    file.frame(
      recorded(arpFrame(arp.REPLY, B, A), 1_000_000, { interfaceId: wan, direction: 'in', comment: 'Antwort: größer → „gut“' }),
    );
    file.close();
    expect(
      fields(
        file.path,
        'frame.time_epoch',
        'frame.interface_name',
        'frame.packet_flags_direction',
        'frame.comment',
        'arp.opcode',
      ),
    ).toEqual([
      ['1767225600.000001234', 'lan0', '0x00000002', '', '1'],
      ['1767225601.000000000', 'wan0', '0x00000001', 'Antwort: größer → „gut“', '2'],
    ]);
    const { stdout } = spawnSync('capinfos', ['-F', file.path], { encoding: 'utf8' });
    expect(stdout).toMatch(/Capture application: +tapstack/);
  });

  test('reads the classic format with nanoseconds', () => {
    const file = new CaptureFile(fresh('pcap'), { epochOffset: 1_767_225_600_000_000 });
    file.addInterface('lan0');
    file.frame(recorded(echoFrame(), 1, { nanoseconds: 234 }));
    file.close();
    expect(fields(file.path, 'frame.time_epoch', 'icmp.seq')).toEqual([['1767225600.000001234', '1']]);
  });

  test('RFC 9293: finds nothing wrong with a stream recorded from super-segments', () => {
    const file = new CaptureFile(fresh());
    const clock = { now: 0 };
    const inner: LinkDevice = {
      mtu: 1500,
      offload: { checksum: true, gsoMaxSize: 65_535, usoMaxSize: 65_535 },
      transmit: () => true,
      receive: () => false,
    };
    const device = new RecordingDevice(inner, { sink: file, interfaceId: file.addInterface('lan0'), now: () => clock.now++ });
    const back = (frame: Uint8Array) => file.frame(recorded(frame, clock.now++, { direction: 'in' }));
    const text = pattern(200_000);
    device.transmit(
      tcpPacket({ seq: 4_294_900_000, flags: tcp.SYN, segment: { mss: 1460, windowShift: 9, sackPermitted: true } }),
    );
    back(tcpFrame({ ...REVERSE, seq: 9, ack: 4_294_900_001, flags: tcp.SYN | tcp.ACK, segment: { mss: 1460, windowShift: 9 } }));
    let sent = 0;
    for (let identification = 1; sent < text.length; identification += 45) {
      const payload = text.subarray(sent, sent + 60_000);
      const last = sent + payload.length === text.length ? tcp.FIN | tcp.PSH : 0;
      const options = { seq: (4_294_900_001 + sent) % 2 ** 32, ack: 10, flags: tcp.ACK | last, identification };
      device.transmit(superSegment(payload, 1460, options));
      sent += payload.length;
      back(tcpFrame({ ...REVERSE, seq: 10, ack: (4_294_900_001 + sent + (last ? 1 : 0)) % 2 ** 32, window: 60_000 }));
    }
    const lone = tcpPacket({ ...REVERSE, seq: 10, ack: (4_294_900_001 + sent + 1) % 2 ** 32, payload: pattern(3) });
    leaveChecksumToDevice(lone, REVERSE);
    device.transmit(lone);
    file.close();

    const rows = fields(
      file.path,
      'ip.checksum.status',
      'tcp.checksum.status',
      'tcp.len',
      'frame.len',
      '_ws.malformed',
      '_ws.expert.message',
    );
    expect(rows.length).toBeGreaterThan(140);
    const [good, none] = ['1', ''];
    expect(rows.filter(([ip, transport, , , malformed]) => ip !== good || transport !== good || malformed !== none)).toEqual([]);
    expect(Math.max(...rows.map(([, , , length]) => Number(length)))).toBe(1514);
    expect(tshark(file.path, '-Y', 'tcp.analysis.flags')).toEqual([]);
    const lines = tshark(file.path, '-q', '-z', 'follow,tcp,raw,0'); // what came back is indented
    const stream = lines.filter((line) => /^[0-9a-f]+$/.test(line)).join('');
    expect(Buffer.from(stream, 'hex').equals(text)).toBe(true);
    expect(lines).toContain(`\t${Buffer.from(pattern(3)).toString('hex')}`);
  });

  test('and would have said so: a wrong checksum is seen', () => {
    const file = new CaptureFile(fresh());
    file.addInterface('lan0');
    const frame = tcpFrame({ payload: pattern(10) });
    frame[60] = (frame[60] ?? 0) ^ 1;
    file.frame(recorded(frame));
    file.close();
    expect(fields(file.path, 'ip.checksum.status', 'tcp.checksum.status')).toEqual([['1', '0']]);
  });

  test('reads our captures live from a pipe', async () => {
    const program = start(`
      const file = new CaptureFile('-');
      file.addInterface('lan0');
      setInterval(() => file.frame(frame(1)), 5);`);
    const reader = spawn('tshark', ['-i', '-', '-c', '3', '-T', 'fields', '-e', 'frame.number'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    program.stdout.pipe(reader.stdin).on('error', () => {}); // it leaves after three
    const output: Buffer[] = [];
    reader.stdout.on('data', (bytes: Buffer) => output.push(bytes));
    await new Promise((done) => reader.on('close', done));
    program.kill();
    expect(Buffer.concat(output).toString()).toBe('1\n2\n3\n');
  });
});

test('packets keep their offload marks when they are recorded', () => {
  const file = new CaptureFile(fresh());
  const inner: LinkDevice = {
    mtu: 1500,
    offload: { checksum: true, gsoMaxSize: 65_535, usoMaxSize: 65_535 },
    transmit: () => true,
    receive: () => false,
  };
  const device = new RecordingDevice(inner, { sink: file, interfaceId: file.addInterface('lan0'), now: () => 0 });
  const packet: Packet = superSegment(pattern(3000), 1000);
  const before = { ...packet, bytes: packet.live().slice() };
  device.transmit(packet);
  expect({ ...packet, bytes: packet.live().slice() }).toEqual(before);
  file.close();
});
