/** Wrong use and a machine that refuses: one line on standard error, exit code 2, nothing left behind. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { requirePrivateNamespace } from '../node/private.ts';
import { interfaces, start, Tapstack } from './tapstack.ts';

const tapstack = new Tapstack();
beforeAll(requirePrivateNamespace);
afterAll(() => tapstack.remove());

/** Root without a single capability: what is forbidden to everybody is forbidden to it, and the files can be read. */
const WITHOUT_RIGHTS = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];

/** What must not change: interfaces, and the files in the folder where it ran. */
const surroundings = async (): Promise<unknown> => [await interfaces(), readdirSync(tapstack.folder)];
let before: unknown;
beforeEach(async () => {
  before = await surroundings();
});

async function expectRefusal(args: readonly string[], line: RegExp, options = {}): Promise<void> {
  const { code, out, err } = await tapstack.run(args, options);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^tapstack: [^\n]+\n$/);
  expect(err).toMatch(line);
  expect(err).not.toMatch(/\berror:|\bat .*:\d+:\d+/i);
  expect(await surroundings()).toEqual(before);
}

test.each<[words: string, line: RegExp]>([
  ['up --ip 300.1.1.1/24', /"300\.1\.1\.1" .*is not an IPv4 address such as/],
  ['up --ip 10.0.0.2', /the prefix length is missing/],
  ['up --ip 10.0.0.2/33', /--ip 10\.0\.0\.2\/33: /],
  ['up --ip 10.0.0.255/24', /broadcast address/],
  ['up --ip 224.0.0.1/24', /multicast/],
  ['up --ip 10.0.0.2/32', /\/31 is the longest prefix/],
  ['up --host-ip x', /--host-ip x: /],
  ['up --host-ip 10.0.0.2/24', /each side needs its own address/],
  ['up --host-ip 10.1.0.1/24', /outside the network of --ip, 10\.0\.0\.0\/24/],
  ['up --gateway 1.2.3', /"1\.2\.3" is not an IPv4 address/],
  ['up --gateway 192.0.2.1', /a router must be on the link/],
  ['up --gateway 10.0.0.2', /the stack's own address/],
  ['up --mac 02:00:00', /"02:00:00" is not the Ethernet address/],
  ['up --mac 01:00:5e:00:00:01', /Ethernet address of one station/],
  ['up --mtu 10', /an MTU is a whole number from 68 to 65521/],
  ['up --mtu 70000', /an MTU is a whole number/],
  ['up --mtu 1500.5', /an MTU is a whole number/],
  ['up --http 0', /--http 0: a port is a whole number from 1 to 65535/],
  ['up --http 70000', /a port is a whole number/],
  ['up --echo abc', /--echo abc: a port/],
  ['up --http 7', /--http and --echo cannot both have port 7/],
  ['up --hello 80', /--http and --hello cannot both have port 80/],
  ['up --hello 0', /--hello 0: a port is a whole number from 1 to 65535/],
  ['up --offload maybe', /--offload maybe: Allowed choices are on, off, auto/],
  ['up --offload on --loss 1%', /--offload on and faults exclude each other/],
  ['up --offload on --tap-driver tuntap2', /--offload on: the driver tuntap2 has none/],
  ['up --capture-raw -', /--capture-raw - : raw frames go into a file/],
  ['up --capture a.pcapng --capture-raw a.pcapng', /--capture-raw and --capture are both a\.pcapng/],
  ['up --capture-raw a.pcapng --series a.pcapng', /--capture-raw and --series are both a\.pcapng/],
  ['up --loss 150%', /--loss 150%: a rate is written 5% or 0\.05, at most 100%/],
  ['up --loss -1', /a rate is written/],
  ['up --reorder x', /a rate is written/],
  ['up --delay fast', /a time is written 20ms, 1\.5s or 300us/],
  ['up --fault explode', /--fault explode: "explode" is nothing that can happen to a frame: say lose, drop, /],
  ['up --seed -3', /a seed is a whole number/],
  ['up --tcp sack', /--tcp sack: an option of TCP is written NAME=VALUE, such as sack=off,ackDelay=0/],
  ['up --tcp sack=no', /sack is on or off/],
  ['up --tcp tahoe=on', /TCP has no option "tahoe"; it has .*abortOnClose, /],
  ['up --tap-driver other', /Allowed choices are koffi, tuntap2$/m],
  ['up --tap-driver tuntap2', /the package tuntap2 is not installed or not built: "npm install tuntap2"/],
  ['up --tap-driver tuntap2 --tap x0', /names its TAP itself/],
  ['up --tap this-name-is-too-long', /"this-name-is-too-long" is not an interface name: up to 15 characters/],
  ['up --tap a/b', /is not an interface name/],
  ['up --tap lo', /lo exists and is not a TAP/],
  ['up --capture missing/file.pcap', /cannot write the capture missing\/file\.pcap: its folder does not exist; make it with/],
  ['up --capture .', /it is a folder/],
  ['up --snap 96', /--snap shortens the frames of a recording: add --capture FILE\.pcapng or --ring N/],
  [
    'up --capture a.pcapng --snap 0',
    /--snap 0: a snap length is a whole number of bytes from 14 to 262144; 96 keeps all headers/,
  ],
  ['up --capture /proc/nothing.pcap', /cannot write the capture/],
  ['up --nothing', /unknown option '--nothing'; "tapstack up --help" shows what there is/],
  ['up --los 5%', /\(Did you mean --loss\?\)/],
  ['up --tap', /argument missing/],
  ['nothing', /unknown command 'nothing'; "tapstack --help" shows what there is/],
  ['demo extra', /too many arguments/],
  ['demo --capture a/b/c.pcapng', /cannot make the folder a\/b for the capture/],
  ['demo --capture /proc/x/y.pcapng', /cannot make the folder/],
  ['demo --capture -', /name a file for --capture/],
  ['demo --memory --capture .', /it is a folder/],
  ['ping', /missing required argument 'address'/],
  ['ping 10.0.0', /"10\.0\.0" is not an IPv4 address/],
  ['ping -c 0 10.0.0.1', /--count 0: a count/],
  ['ping -s 70000 10.0.0.1', /--size 70000: /],
  ['get', /missing required argument 'url'/],
  ['get ftp://10.0.0.1/', /is not a URL that starts with http:\/\//],
  ['get http://10.0.0.1:99999/', /is not a URL/],
  ['get http://', /is not a URL/],
  ['get http://no-such-name.invalid/', /no address is known for "no-such-name\.invalid"/],
  ['get -o missing/page http://10.0.0.1/', /cannot write missing\/page \(ENOENT\)/],
  ['get --capture c.pcap -o . http://10.0.0.1/', /cannot write \. \(EISDIR\)/],
  ['nc', /missing required argument/],
  ['nc 10.0.0.1', /nc wants an address and a port/],
  ['nc host 7', /nc wants an address and a port/],
  ['nc 10.0.0.1 70000', /"70000": a port is a whole number/],
  ['nc -l x', /"x": a port/],
  ['nc -l 7 8', /nc -l wants the port alone/],
])('tapstack %s', async (words, line) => {
  await expectRefusal(words.split(' '), line);
});

test('a word with a line break still makes one line', async () => {
  await expectRefusal(['up', '--mtu', 'a\nb'], /--mtu a b: an MTU/);
});

test('a folder that is read-only, for somebody who has no right to ignore that', async () => {
  mkdirSync(tapstack.path('locked'), { mode: 0o555, recursive: true });
  before = await surroundings();
  await expectRefusal(['demo', '--memory', '--capture', 'locked/x.pcapng'], /locked\/x\.pcapng: permission denied/, {
    before: WITHOUT_RIGHTS,
  });
});

test('a TAP that another process holds, and the capture that was there is as it was', async () => {
  const holder = tapstack.start(['up', '--tap', 'held0', '--ip', '10.68.0.2/24']);
  await holder.says('Ctrl-C');
  writeFileSync(tapstack.path('earlier.pcapng'), 'an earlier capture');
  before = await surroundings();
  try {
    await expectRefusal(['up', '--tap', 'held0', '--capture', 'earlier.pcapng'], /held0 is in use by another process/);
    await expectRefusal(['up', '--tap', 'held0', '--capture', 'new.pcapng'], /held0 is in use by another process/);
    expect(readFileSync(tapstack.path('earlier.pcapng'), 'utf8')).toBe('an earlier capture');
  } finally {
    holder.process.kill();
    await holder.ended;
  }
});

test('no right to configure the network: says which right and what would help', async () => {
  await expectRefusal(['up', '--tap', 'mine0', '--capture', 'none.pcap'], /no permission to open/, {
    before: WITHOUT_RIGHTS,
  });
  await expectRefusal(
    ['up', '--tap', 'mine0'],
    /no permission to open mine0: needs CAP_NET_ADMIN: run as root, with --private, or create it once with/,
    { before: WITHOUT_RIGHTS },
  );
});

test('--private on a system without the program unshare', async () => {
  await expectRefusal(['up', '--private', '--', 'true'], /the program unshare is missing: install util-linux/, {
    env: { PATH: tapstack.folder },
  });
});

test('services that want one port are refused before a capture is begun', async () => {
  await expectRefusal(['up', '--http', '9', '--capture', 'half.pcapng'], /--http and --discard/);
  expect(existsSync(tapstack.path('half.pcapng'))).toBe(false);
});

test('--version: that of the package', async () => {
  const { code, out } = await tapstack.run(['--version']);
  expect({ code, out }).toEqual({ code: 0, out: `${JSON.parse(readFileSync('package.json', 'utf8')).version}\n` });
});

test('no command: the help, on standard error, exit code 2', async () => {
  const { code, out, err } = await tapstack.run([]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^Usage: tapstack \[options\] \[command\]\n/);
});

test.each([
  '',
  'demo',
  'up',
  'shell',
  'ping',
  'get',
  'nc',
  'iperf3',
  'lab',
  'lab run',
  'capture',
  'capture plot',
  'capture to-test',
])('tapstack %s --help: the help, with examples, exit code 0', async (command) => {
  const { code, out, err } = await tapstack.run([...(command === '' ? [] : command.split(' ')), '--help']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Usage: tapstack/);
  expect(out).toMatch(/\nExamples:\n( {2}# .*\n)? {2}(\S.* )?tapstack /);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
});

test('standard output closed: the command runs and its exit code comes through', async () => {
  const words = [process.execPath, tapstack.main, 'up', '--private', '--', 'sh', '-c', '"ping -q -c 1 10.0.0.2 >/dev/null"'].join(
    ' ',
  );
  const { code, err } = await start('sh', ['-c', `${words} >&-`]).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test.each(['demo --memory --capture full.pcapng', '--help'])(
  'standard output on a full disk: tapstack %s says so, exit code 1',
  async (words) => {
    const { code, err } = await start('sh', ['-c', `${process.execPath} ${tapstack.main} ${words} >/dev/full`], {
      cwd: tapstack.folder,
    }).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^tapstack: cannot write standard output: [^\n]+\n$/);
  },
);

test('curl into a pipe whose reader leaves: the words are its own, nothing is left', async () => {
  const words = [process.execPath, tapstack.main, 'up', '--private', '--', 'curl', '-s', 'http://10.0.0.2/bytes/100000000'].join(
    ' ',
  );
  const { out, err } = await start('bash', ['-c', `${words} | head -c 10 | wc -c; echo \${PIPESTATUS[0]}`]).ended;
  expect({ out, err }).toEqual({ out: '10\n23\n', err: '' }); // 23: curl could not write
});
