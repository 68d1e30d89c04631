/** An address with a port: one end of a conversation, for people and programs above the stack. */
import type { IpAddress } from '../wire/ip-address.ts';

export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

export const formatEndpoint = ({ address, port }: Endpoint): string => `${address}:${port}`;
