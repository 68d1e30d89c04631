/** A host that has its address from elsewhere asks for the rest: RFC 2131 §3.4, §4.4.3. */
import type { IpAddress, NetworkInterface, Random, Stack } from '../../stack/index.ts';
import { fromV4, LIMITED_BROADCAST, openUdp } from '../../stack/index.ts';
import type { Timekeeper } from '../timekeeper.ts';
import { retryDelay } from './backoff.ts';
import { clientMessage } from './client-messages.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { CLIENT_PORT, SERVER_PORT } from './message.ts';
import type { Parameters } from './parameters.ts';
import { readParameters } from './parameters.ts';

export interface InformOptions {
  readonly stack: Stack;
  readonly interface: NetworkInterface;
  readonly time: Timekeeper;
  readonly random: Random;
  readonly hostName?: string;
  /** @default the first of the interface */
  readonly address?: IpAddress;
}

const TRIES = 4;

/**
 * Asks everybody, four times at most, within a minute.
 * @returns undefined when nobody answers
 * @throws RangeError when the interface has no address, UdpError when a client has the port
 */
export async function inform(options: InformOptions): Promise<Parameters | undefined> {
  const { stack, interface: own, time, random, hostName } = options;
  const first = stack.addresses.list().find(({ interfaceId }) => interfaceId === own.id)?.address;
  const ciaddr = options.address?.w3 ?? first;
  if (ciaddr === undefined) throw new RangeError(`${own.name} has no address: ask for one, not only for what goes with it`);
  const xid = random.nextUint32();
  const speaker = { mac: own.mac, hostName, clientId: undefined, leaseTime: undefined, broadcast: false };
  const { bytes } = encode(clientMessage(speaker, { type: 'inform', xid, ciaddr }));
  const socket = openUdp(stack, { port: CLIENT_PORT, interfaceId: own.id, broadcast: true });
  return new Promise((resolve) => {
    let tries = 0;
    let cancel = (): void => {};
    const end = (found: Parameters | undefined): void => {
      cancel();
      socket.close();
      resolve(found);
    };
    const ask = (): void => {
      if (tries++ === TRIES) {
        end(undefined);
        return;
      }
      const to = { address: fromV4(LIMITED_BROADCAST), port: SERVER_PORT };
      socket.sendNow(bytes, to, fromV4(ciaddr), { note: 'has an address, asks for the rest' });
      cancel = time.after(retryDelay(tries, random), ask);
    };
    const room = new Uint8Array(1_500);
    socket.onChange = () => {
      socket.takeFailure();
      for (let length = socket.receiveNow(room); length >= 0; length = socket.receiveNow(room)) {
        const reply = decode(room.subarray(0, Math.min(length, room.length)));
        if (typeof reply === 'string' || reply.op !== 'reply' || reply.type !== 'ack' || reply.xid !== xid) continue;
        const found = readParameters(reply);
        if (found !== undefined) end(found);
      }
    };
    ask();
  });
}
