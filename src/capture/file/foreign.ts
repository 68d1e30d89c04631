/** Files that are no capture of ours to read, recognised by how they begin: what they are and how they become one. */

const CONVERT = 'editcap -F pcapng FILE capture.pcapng';
const unpack = (program: string): string => `${program} -dc FILE > capture.pcapng`;

/** The first bytes as hexadecimal digits, the name, and the command that converts. */
const BEGINNINGS: readonly (readonly [digits: string, name: string, command: string])[] = [
  ['1f8b', 'compressed by gzip', unpack('gzip')],
  ['28b52ffd', 'compressed by zstd', unpack('zstd')],
  ['04224d18', 'compressed by lz4', unpack('lz4')],
  ['425a68', 'compressed by bzip2', unpack('bzip2')],
  ['fd377a585a00', 'compressed by xz', unpack('xz')],
  ['504b0304', 'a zip archive', 'unzip FILE'],
  ['736e6f6f70000000', 'a capture of snoop (RFC 1761)', CONVERT],
  ['6274736e6f6f7000', 'a capture of btsnoop', CONVERT],
  ['52545353', 'a capture of Microsoft Network Monitor 1', CONVERT],
  ['474d4255', 'a capture of Microsoft Network Monitor 2', CONVERT],
  ['5452534e49464620', 'a capture of the Sniffer', CONVERT],
  ['58435000', 'a capture of NetXray or the Sniffer for Windows', CONVERT],
  ['05564e46', 'a capture of Visual Networks', CONVERT],
  ['0110', 'a capture of LANalyzer', CONVERT],
  ['aaaaaaaa', 'a capture of 5View', CONVERT],
  ['4f62736572766572', 'a capture of Observer', CONVERT],
  ['54520064', 'a capture of HP-UX nettl', CONVERT],
  ['4579655344', 'a capture of EyeSDN', CONVERT],
  ['2b2d2d2d2d2d2d2d2d2d2b', 'a text file of a K12', CONVERT],
];

/** @returns what the file is and what would make a capture of it; undefined when its beginning says nothing */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  const digits = [...bytes.subarray(0, 16)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  const found = BEGINNINGS.find(([beginning]) => digits.startsWith(beginning));
  return found === undefined ? undefined : `it is ${found[1]}; "${found[2]}" makes a capture of it`;
}
