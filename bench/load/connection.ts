import { connect, type Socket } from 'node:net';

/** `body` is empty unless it was asked for; `location` as it was sent. */
export type Answer = { status: number; location: string | null; body: string };

type Waiting = { resolve: (answer: Answer) => void; reject: (error: Error) => void; keepBody: boolean };

/** What is still to come of an answer: so many bytes, or chunks. */
type Body = { chunked: boolean; remaining: number; line: string; last: boolean };

const location = /\r\nlocation: ?([^\r]*)/i;
const length = /\r\ncontent-length: ?(\d+)/i;
const chunked = /\r\ntransfer-encoding: ?chunked/i;

/**
 * One HTTP/1.1 connection with at most one request on it, by hand: node:http costs more than the server under test does.
 * It knows content-length, chunked and the answers that have no body; nothing else comes from the servers measured.
 */
export class Connection {
  readonly #socket: Socket;
  #waiting: Waiting | null = null;
  #head: Buffer | null = null;
  #answer: Answer | null = null;
  #body: Body = { chunked: false, remaining: 0, line: '', last: false };
  #kept: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** @param request a string is sent as latin1, so it holds ASCII only; a Buffer is sent as it is */
  exchange(request: string | Buffer, keepBody = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('the connection is closed'));
      this.#waiting = { resolve, reject, keepBody };
      if (typeof request === 'string') this.#socket.write(request, 'latin1');
      else this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#socket.destroy();
    waiting?.reject(error);
  }

  #take(chunk: Buffer): void {
    if (this.#answer) {
      this.#takeBody(chunk);
      return;
    }
    const bytes = this.#head ? Buffer.concat([this.#head, chunk]) : chunk;
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) {
      this.#head = bytes;
      return;
    }
    this.#head = null;
    const head = bytes.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    this.#answer = { status, location: location.exec(head)?.[1] ?? null, body: '' };
    const isChunked = chunked.test(head);
    const remaining = status === 204 || status === 304 ? 0 : Number(length.exec(head)?.[1] ?? 0);
    this.#body = { chunked: isChunked, remaining: isChunked ? 0 : remaining, line: '', last: false };
    this.#takeBody(bytes.subarray(end + 4));
  }

  #takeBody(chunk: Buffer): void {
    if (this.#body.chunked) {
      this.#takeChunks(chunk);
      return;
    }
    this.#keep(chunk);
    this.#body.remaining -= chunk.length;
    if (this.#body.remaining <= 0) this.#finish();
  }

  #takeChunks(chunk: Buffer): void {
    const body = this.#body;
    let at = 0;
    while (at < chunk.length) {
      if (body.remaining > 0) {
        const take = Math.min(body.remaining, chunk.length - at);
        this.#keep(chunk.subarray(at, at + take));
        body.remaining -= take;
        at += take;
        continue;
      }
      const end = chunk.indexOf(10, at);
      body.line += chunk.toString('latin1', at, end < 0 ? chunk.length : end + 1);
      if (end < 0) return;
      at = end + 1;
      const line = body.line.trim();
      body.line = '';
      if (body.last && line === '') {
        this.#finish();
        return;
      }
      // An empty line ends the data of a chunk; a line of hexadecimal digits begins the next.
      if (line !== '') body.remaining = Number.parseInt(line, 16);
      if (line !== '' && body.remaining === 0) body.last = true;
    }
  }

  #keep(chunk: Buffer): void {
    if (this.#waiting?.keepBody && chunk.length > 0) this.#kept.push(chunk);
  }

  #finish(): void {
    const { 0: waiting, 1: answer } = [this.#waiting, this.#answer];
    this.#waiting = null;
    this.#answer = null;
    if (!waiting || !answer) return;
    if (waiting.keepBody) {
      answer.body = Buffer.concat(this.#kept).toString('utf8');
      this.#kept = [];
    }
    waiting.resolve(answer);
  }
}
