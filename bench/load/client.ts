import { type Answer, Connection } from './connection.ts';
import type { Tally } from './tally.ts';

export type Header = Readonly<Record<string, string>>;

/** Heads of requests, made once; a body is put behind `head(length)`. */
export function head(method: string, path: string, port: number, headers: Header): (length: number) => string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('')}`;
  return (length) => (length === 0 ? `${start}\r\n` : `${start}Content-Length: ${length}\r\n\r\n`);
}

/** A user of the server under test: one connection, each exchange timed and its status checked. */
export class Client {
  readonly port: number;
  readonly token: string;
  readonly tally: Tally;
  #connection: Connection | null = null;

  constructor(port: number, token: string, tally: Tally) {
    this.port = port;
    this.token = token;
    this.tally = tally;
  }

  /** Throws when the answer has another status than `expected`, with the start of its body. */
  async send(name: string, request: string | Buffer, expected: (status: number) => boolean): Promise<Answer> {
    this.#connection ??= await Connection.open(this.port);
    const start = performance.now();
    const answer = await this.#connection.exchange(request);
    this.tally.record(name, performance.now() - start);
    if (!expected(answer.status)) throw new Error(`${name}: status ${answer.status}`);
    return answer;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}

export const isOk = (status: number): boolean => status === 200;
export const isCreated = (status: number): boolean => status === 201;
export const isDeleted = (status: number): boolean => status === 200 || status === 204;
