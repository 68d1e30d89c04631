/** The control connection: state bytes, and JSON behind a 32-bit length. What comes in is bounded, and never trusted. */
import type { Endpoint, TcpSocket } from '../../stack/index.ts';
import { SocketError } from '../../stack/index.ts';
import { ascii } from '../ascii.ts';
import { SERVER_ERROR } from './states.ts';

/** iperf3's own bound for parameters; results carry the text of a whole run. */
export const MAX_PARAMETERS = 8 * 1024;
export const MAX_RESULTS = 4 * 1024 * 1024;
/** Characters that one call may be given. */
const CHUNK = 8 * 1024;

/** An object as it came: every member is still to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

export class ControlConnection {
  readonly socket: TcpSocket;

  constructor(socket: TcpSocket) {
    this.socket = socket;
    socket.setNoDelay(true);
  }

  get local(): Endpoint {
    return this.socket.local;
  }

  get remote(): Endpoint {
    return this.socket.remote;
  }

  /** The next byte as a signed number; undefined when the peer has closed, reset or vanished. */
  async readState(): Promise<number | undefined> {
    const [byte] = (await this.#read(1)) ?? [];
    return byte === undefined ? undefined : (byte << 24) >> 24;
  }

  /** @returns undefined when the connection ends before */
  async readText(length: number): Promise<string | undefined> {
    let text = '';
    while (text.length < length) {
      const bytes = await this.#read(Math.min(length - text.length, CHUNK));
      if (bytes === undefined) return undefined;
      text += String.fromCharCode(...bytes);
    }
    return text;
  }

  /** A 32-bit number. */
  async readNumber(): Promise<number | undefined> {
    const bytes = await this.#read(4, 4);
    return bytes?.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : undefined;
  }

  /** @returns undefined for what is too long, is no JSON object, or ends before its time */
  async readJson(limit: number): Promise<JsonObject | undefined> {
    const length = await this.readNumber();
    if (length === undefined || length > limit) return undefined;
    const text = await this.readText(length);
    return text === undefined ? undefined : parseObject(text);
  }

  /** What is written to a connection that has ended is lost: the next read tells. */
  sendState(...states: readonly number[]): void {
    this.socket.writeNow(Uint8Array.from(states, (state) => state & 0xff));
  }

  sendError(code: number): void {
    const bytes = new Uint8Array(9);
    bytes[0] = SERVER_ERROR & 0xff;
    new DataView(bytes.buffer).setUint32(1, code);
    this.socket.writeNow(bytes);
  }

  async sendJson(value: JsonObject): Promise<void> {
    const text = ascii(JSON.stringify(value));
    const bytes = new Uint8Array(4 + text.length);
    new DataView(bytes.buffer).setUint32(0, text.length);
    bytes.set(text, 4);
    await this.write(bytes);
  }

  /** Waits for room. A connection that has ended takes nothing. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.socket.write(bytes);
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
    }
  }

  async #read(limit: number, least = 1): Promise<Uint8Array | undefined> {
    try {
      return await this.socket.read(limit, least);
    } catch (error) {
      if (error instanceof SocketError) return undefined;
      throw error;
    }
  }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
