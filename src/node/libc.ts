/** The handful of C library functions that Node does not offer, through koffi. Nothing else knows of koffi or of errno. */
import { endianness } from 'node:os';
import koffi from 'koffi';

export interface Libc {
  open(path: string, flags: number): number;
  close(fd: number): number;
  /** @param address of the first byte, from `BufferAddresses` */
  read(fd: number, address: number, length: number): number;
  write(fd: number, address: number, length: number): number;
  /** @param vector address of `count` pairs of an address and a length, 8 bytes each */
  writev(fd: number, vector: number, count: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  /** For the requests whose third argument is a number. */
  ioctlNumber(fd: number, request: number, argument: number): number;
  socket(domain: number, type: number, protocol: number): number;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  recv(fd: number, into: Uint8Array, length: number, flags: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  /** Replaces this process; returns, with -1, only when that failed. */
  execvp(file: string, argv: readonly (string | null)[]): number;
  /** Of the call that just returned -1. */
  errno(): number;
}

export const O_RDWR = 0o2;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
export const F_SETFD = 2;
export const AF_INET = 2;
export const AF_NETLINK = 16;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = O_CLOEXEC;

/** Linux's errno values: the same on every machine that Node runs on. */
export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const EIO = 5;
export const ENXIO = 6;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EBUSY = 16;
export const EEXIST = 17;
export const ENODEV = 19;
export const EINVAL = 22;
export const EBADFD = 77;
export const EADDRNOTAVAIL = 99;
export const ENETUNREACH = 101;
export const ENOBUFS = 105;

/** The byte order of the structures that an ioctl takes. */
export const LITTLE_ENDIAN = endianness() === 'LE';

/** Addresses are passed as plain numbers: they stay below 2^47, and a BigInt per call would be garbage. */
function load(): Libc {
  const lib = koffi.load(null);
  return {
    open: lib.func('int open(const char *path, int flags)'),
    close: lib.func('int close(int fd)'),
    read: lib.func('long read(int fd, uintptr_t address, size_t length)'),
    write: lib.func('long write(int fd, uintptr_t address, size_t length)'),
    writev: lib.func('long writev(int fd, uintptr_t vector, int count)'),
    ioctl: lib.func('int ioctl(int fd, ulong request, void *argument)'),
    ioctlNumber: lib.func('ioctl', 'int', ['int', 'ulong', 'ulong']),
    socket: lib.func('int socket(int domain, int type, int protocol)'),
    send: lib.func('long send(int fd, const void *bytes, size_t length, int flags)'),
    recv: lib.func('long recv(int fd, void *into, size_t length, int flags)'),
    fcntl: lib.func('int fcntl(int fd, int command, int argument)'),
    execvp: lib.func('int execvp(const char *file, const char **argv)'),
    errno: () => koffi.errno(),
  };
}

let loaded: Libc | undefined; // bindings only, the same for everybody; loaded late so that other systems can import this

export function libc(): Libc {
  loaded ??= load();
  return loaded;
}
