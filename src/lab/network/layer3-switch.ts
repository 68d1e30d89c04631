/**
 * A layer-3 switch: a switch with a router inside, which has a leg in each VLAN. The legs are ports of the switch that nobody sees,
 * with cables that take no time.
 */
import type { PortOptions, SwitchOptions } from '../switching/port-options.ts';
import type { NetHost } from './net-host.ts';
import type { NetSwitch } from './net-switch.ts';
import type { Network } from './network.ts';
import type { Port } from './port.ts';
import type { StationOptions } from './station.ts';

export interface Layer3SwitchOptions
  extends Omit<SwitchOptions, 'ports'>,
    Pick<StationOptions, 'gateway' | 'routes' | 'forwarding'> {
  /** By name, as those of a switch. */
  readonly ports: Readonly<Record<string, PortOptions>>;
  /** The address of the router in each VLAN, by its number: `{ 10: '192.168.10.254/24' }`. */
  readonly interfaces: Readonly<Record<number, string>>;
}

export class Layer3Switch {
  readonly name: string;
  /** What is seen of it. */
  readonly switch: NetSwitch;
  /** Inside; its ports are called vlan10, vlan20, … */
  readonly router: NetHost;

  /** @throws RangeError in words when an address or a port cannot be used */
  constructor(net: Network, name: string, { ports, interfaces, gateway, routes, forwarding = {}, ...rest }: Layer3SwitchOptions) {
    const vlans = Object.entries(interfaces);
    const legs = Object.fromEntries(vlans.map(([vlan]) => [legOf(vlan), { vlan: Number(vlan) }]));
    this.name = name;
    this.switch = net.switch(name, { ...rest, ports: { ...ports, ...legs } });
    this.router = net.router(`${name}-router`, {
      ports: Object.fromEntries(vlans.map(([vlan, address]) => [legOf(vlan), address])),
      forwarding,
      ...(gateway === undefined ? {} : { gateway }),
      ...(routes === undefined ? {} : { routes }),
    });
    for (const [vlan] of vlans) net.cable(this.router.port(legOf(vlan)), this.switch.port(legOf(vlan)), { delay: 0 });
  }

  /** One in its front. @throws RangeError in words when there is none of that name */
  port(name: string): Port {
    return this.switch.port(name);
  }
}

const legOf = (vlan: string): string => `vlan${vlan}`;
