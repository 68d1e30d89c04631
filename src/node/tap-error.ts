/** What can go wrong between us and the kernel's network interfaces, in one line that says what would help. */
import * as errno from './libc.ts';

export type TapFailure =
  | 'bad name'
  | 'bad value'
  | 'busy'
  | 'failed'
  | 'no /dev/net/tun'
  | 'no permission'
  | 'no such interface'
  | 'no tuntap2'
  | 'not a TAP'
  | 'not supported';

export class TapError extends Error {
  override readonly name = 'TapError';
  readonly reason: TapFailure;

  constructor(reason: TapFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** For a failed open("/dev/net/tun"). */
export function openError(code: number): TapError {
  switch (code) {
    case errno.ENOENT:
    case errno.ENODEV:
    case errno.ENXIO:
      return new TapError(
        'no /dev/net/tun',
        'there is no /dev/net/tun: load the driver with "modprobe tun", or give a container "--device /dev/net/tun"',
      );
    case errno.EACCES:
    case errno.EPERM:
      return new TapError(
        'no permission',
        'no permission to open /dev/net/tun: run as root, or let users open it once with "sudo chmod 666 /dev/net/tun"',
      );
    default:
      return new TapError('failed', `cannot open /dev/net/tun: error ${code}`);
  }
}

/** For a failed TUNSETIFF. */
export function attachError(code: number, wanted: string): TapError {
  const name = wanted.replace('%d', '0'); // a name to write into a command
  switch (code) {
    case errno.EBUSY:
      return new TapError('busy', `${name} is in use by another process: stop it or take another name`);
    case errno.EPERM:
    case errno.EACCES:
      return new TapError(
        'no permission',
        `no permission to open ${name}: needs CAP_NET_ADMIN: run as root, with --private, or create it once with: ` +
          `ip tuntap add dev ${name} mode tap user $USER`,
      );
    case errno.EINVAL:
      return new TapError('not a TAP', `${name} exists and is not a TAP that one process can open: take another name`);
    default:
      return new TapError('failed', `cannot create ${name}: error ${code}`);
  }
}

/** For a failed change or question about an interface. @param action completes "cannot …" */
export function interfaceError(code: number, name: string, action: string): TapError {
  switch (code) {
    case errno.EPERM:
    case errno.EACCES:
      return new TapError(
        'no permission',
        `no permission to ${action} of ${name}: needs CAP_NET_ADMIN: run as root or with --private`,
      );
    case errno.ENODEV:
      return new TapError('no such interface', `there is no interface ${name}: "ip link" lists those that exist`);
    case errno.EBUSY:
      return new TapError('busy', `cannot ${action} of ${name}: it is up, take it down first`);
    case errno.EEXIST:
      return new TapError('bad name', `cannot ${action} of ${name}: an interface of that name exists`);
    case errno.EINVAL:
    case errno.EADDRNOTAVAIL:
      return new TapError('bad value', `cannot ${action} of ${name}: the kernel does not accept that value`);
    default:
      return new TapError('failed', `cannot ${action} of ${name}: error ${code}`);
  }
}
