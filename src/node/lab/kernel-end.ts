/** Linux at the end of a cable of a lab: a TAP, configured as a host's interface would be. */
import { parseInterfaceAddress } from '../../stack/ip/prefix.ts';
import { formatV4, parseV4 } from '../../stack/wire/ip-address.ts';
import { configureInterface } from '../interface-config.ts';
import { EEXIST, ENETUNREACH } from '../libc.ts';
import { addRoute } from '../netlink.ts';
import { TapDevice } from '../tap.ts';
import { interfaceError, TapError } from '../tap-error.ts';
import { switchOffIpv6 } from '../without-ipv6.ts';

export interface KernelEndOptions {
  /** Of the interface: up to 15 characters. */
  readonly name: string;
  /** With its prefix, such as 192.168.10.9/24. @default none: something like a DHCP client will give it one */
  readonly address?: string;
  /** Where everything beyond its network goes. */
  readonly gateway?: string;
  /** @default 1500 */
  readonly mtu?: number;
}

/**
 * Opens the TAP without offload, for a cable carries frames as they are, takes it up and gives it its address and its default route.
 * @throws TapError when it cannot be had, RangeError when an address cannot be read
 */
export function openKernelEnd({ name, address, gateway, mtu = 1500 }: KernelEndOptions): TapDevice {
  const own = address === undefined ? undefined : parseInterfaceAddress(address);
  const router = gateway === undefined ? undefined : parseV4(gateway);
  if (gateway !== undefined && router === undefined) throw new RangeError(`"${gateway}" is not an IPv4 address such as 10.0.0.1`);
  const device = TapDevice.open({ name, offload: false, mtu });
  try {
    switchOffIpv6(name);
    const ip = own === undefined ? {} : { address: formatV4(own.address), prefixLength: own.prefix.length };
    configureInterface(name, { ...ip, isUp: true });
    if (router !== undefined) addDefaultRoute(name, router);
    return device;
  } catch (error) {
    device.close();
    throw error;
  }
}

function addDefaultRoute(name: string, router: number): void {
  const error = addRoute(0, 0, router);
  if (error === 0) return;
  const route = `default via ${formatV4(router)}`;
  if (error === EEXIST)
    throw new TapError('busy', `${name}: Linux has a default route already, so that ${route} cannot be added`);
  if (error === ENETUNREACH) throw new TapError('bad value', `${name}: ${route} leads nowhere, for no address is in its network`);
  throw interfaceError(error, name, `add the route ${route}`);
}
