/** From a name to a file descriptor: open("/dev/net/tun") and the ioctls of linux/if_tun.h. */
import { HEADER } from '../stack/wire/virtio-net.ts';
import { checkName, REQUEST_LENGTH, VALUE, writeName } from './interface-config.ts';
import { EINVAL, LITTLE_ENDIAN, libc, O_CLOEXEC, O_NONBLOCK, O_RDWR } from './libc.ts';
import { useReceiveThread } from './receive-thread.ts';
import { attachError, openError, TapError } from './tap-error.ts';

export interface AttachedTap {
  readonly fd: number;
  readonly name: string;
  /** Every frame has a virtio-net header in front. */
  readonly hasHeader: boolean;
  /** The kernel gives and takes open checksums and super-segments of TCP. */
  readonly offloads: boolean;
  /** And super-datagrams of UDP, since Linux 6.2. */
  readonly cutsDatagrams: boolean;
}

const TUNSETIFF = 0x4004_54ca;
const TUNSETPERSIST = 0x4004_54cb;
const TUNSETOFFLOAD = 0x4004_54d0;
const TUNSETVNETHDRSZ = 0x4004_54d8;
const TUNSETVNETLE = 0x4004_54dc;
const IFF_TAP = 0x0002;
/** No four bytes of packet information in front of the frame: the EtherType says it. */
const IFF_NO_PI = 0x1000;
const IFF_VNET_HDR = 0x4000;
/** What we write is received in a place of its own, which may be a thread. Linux 4.15. */
const IFF_NAPI = 0x0010;
const TUN_F_CSUM = 1;
const TUN_F_TSO4 = 2;
/** The kernel takes both or none (`set_offload` of drivers/net/tun.c); IPv6 itself is none of ours and dropped by name. */
const TUN_F_USO = 0x20 | 0x40;

/**
 * An interface name, or a pattern with one `%d`.
 * @throws TapError 'bad name'
 */
export function checkTapName(name: string): void {
  const isPattern = /^[^%]+%d$/.test(name);
  checkName(isPattern ? name.replace('%d', '0') : name);
}

export interface AttachOptions {
  /** @default true */
  readonly offload?: boolean;
  readonly persist?: boolean;
}

/** @throws TapError */
export function attachTap(name: string, options: AttachOptions): AttachedTap {
  if (options.offload !== false) return openAndAttach(name, options, 0);
  const attached = openAndAttach(name, options, IFF_NAPI);
  if (useReceiveThread(attached.name)) return attached;
  libc().close(attached.fd); // NAPI without a thread is slower than none: a turn of the kernel's queue for every write
  return openAndAttach(attached.name, options, 0);
}

function openAndAttach(name: string, options: AttachOptions, flags: number): AttachedTap {
  const fd = libc().open('/dev/net/tun', O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) throw openError(libc().errno());
  try {
    return attach(fd, name, options, flags);
  } catch (error) {
    libc().close(fd);
    throw error;
  }
}

function attach(fd: number, wanted: string, { offload = true, persist }: AttachOptions, more: number): AttachedTap {
  const withHeader = offload ? setInterface(fd, wanted, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR) : undefined;
  const plain = (): string | undefined =>
    setInterface(fd, wanted, IFF_TAP | IFF_NO_PI | more) ?? setInterface(fd, wanted, IFF_TAP | IFF_NO_PI);
  const name = withHeader ?? plain();
  if (name === undefined) throw attachError(EINVAL, wanted);
  const hasHeader = withHeader !== undefined;
  if (hasHeader) setHeader(fd, name);
  const granted = negotiate(hasHeader, (flags) => libc().ioctlNumber(fd, TUNSETOFFLOAD, flags) >= 0);
  if (persist !== undefined && libc().ioctlNumber(fd, TUNSETPERSIST, persist ? 1 : 0) < 0) {
    throw attachError(libc().errno(), name);
  }
  return { fd, name, hasHeader, ...granted };
}

/** All of it, else what kernels before 6.2 have, else nothing: the kernel refuses as a whole what it does not know (EINVAL). */
export function negotiate(
  hasHeader: boolean,
  grants: (flags: number) => boolean,
): Pick<AttachedTap, 'offloads' | 'cutsDatagrams'> {
  const forTcp = TUN_F_CSUM | TUN_F_TSO4;
  if (hasHeader && grants(forTcp | TUN_F_USO)) return { offloads: true, cutsDatagrams: true };
  if (hasHeader && grants(forTcp)) return { offloads: true, cutsDatagrams: false };
  grants(0); // a persistent TAP remembers what its last user asked for, so that nothing must be asked for too
  return { offloads: false, cutsDatagrams: false };
}

/** @returns the name that the kernel gave, or undefined when it does not accept these flags for it */
function setInterface(fd: number, name: string, flags: number): string | undefined {
  const request = new Uint8Array(REQUEST_LENGTH);
  writeName(request, 0, name);
  new DataView(request.buffer).setUint16(VALUE, flags, LITTLE_ENDIAN);
  if (libc().ioctl(fd, TUNSETIFF, request) < 0) {
    const code = libc().errno();
    if (code === EINVAL) return undefined;
    throw attachError(code, name);
  }
  return Buffer.from(request.subarray(0, request.indexOf(0))).toString();
}

/** Ten bytes, little-endian: a persistent TAP may remember another size, and old kernels go by the machine's byte order. */
function setHeader(fd: number, name: string): void {
  if (libc().ioctl(fd, TUNSETVNETHDRSZ, int(HEADER)) < 0) {
    throw new TapError(
      'not supported',
      `this kernel does not take a virtio-net header of ${HEADER} bytes on ${name}: open it without offload`,
    );
  }
  if (libc().ioctl(fd, TUNSETVNETLE, int(1)) < 0 && !LITTLE_ENDIAN) {
    throw new TapError('not supported', `this kernel has no little-endian virtio-net header on ${name}: open it without offload`);
  }
}

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, LITTLE_ENDIAN);
  return bytes;
}
