/** `get`: fetches one document by HTTP/1.1. */
import type { IpAddress } from '../../stack/index.ts';
import type { HttpResponse } from '../http/client.ts';
import { openHttp } from '../http/client.ts';
import { CommandError } from './command-error.ts';
import type { ToolHost } from './tool-host.ts';
import { addressOf } from './tool-host.ts';

export interface GetTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const URL = /^(?:http:\/\/)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?(\/[\x21-\x22\x24-\x7e]*)?$/;

/** "http://10.0.0.1:8081/page", where the beginning and the end may be missing. @throws CommandError */
export function parseUrl(text: string): GetTarget {
  const match = URL.exec(text);
  const port = Number(match?.[2] ?? 80);
  if (match === null || port < 1 || port > 65_535)
    throw new CommandError(`"${text}" is no address of a page such as http://10.0.0.1:8081/page`);
  return { host: match[1] ?? '', port, path: match[3] ?? '/' };
}

/**
 * @param address of the server; absent: that of the host in the URL
 * @throws PeerFault, SocketError, TcpError when no answer comes of it
 */
export async function getPage(host: ToolHost, target: GetTarget, address?: IpAddress): Promise<HttpResponse> {
  const there = address ?? (await addressOf(host, target.host));
  const http = await openHttp(host.stack, { address: there, port: target.port, host: target.host }, { time: host.time });
  try {
    return await http.request({ path: target.path, fields: [['Connection', 'close']] });
  } finally {
    await http.close();
  }
}
