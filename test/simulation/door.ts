import {
  Agent,
  createServer,
  request as sendRequest,
  type IncomingHttpHeaders,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A call that came to a door, to be sent on now, or again, or late. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * What the next call meets: its connection breaks before the work, after it or in the middle of the answer, or the answer comes
 * late, or is held until somebody lets it go.
 */
export type Weather = 'cut-before' | 'cut-after' | 'half' | 'slow' | 'hold';

/** Milliseconds by which an answer is late. */
const LATE = 3000;

interface DoorOptions {
  /** A free one where none is said. */
  readonly port?: number;
  /**
   * Many calls go through for long: none is remembered, and each has a connection of its own, since one that is kept may be
   * closed at the far end just when the next call takes it.
   */
  readonly isBusy?: boolean;
}

/** The net before a server: everything goes through it, and what it concerns may be cut, held, repeated or come late. */
export class Door {
  readonly #server: Server;
  readonly #concerns: (call: Call) => boolean;
  readonly #agent: Agent;
  readonly #remembersCalls: boolean;
  #held: (() => void)[] = [];
  #onHold: (() => void) | null = null;
  /** Where calls are sent on to, in turn. */
  targets: readonly string[] = [];
  #sent = 0;
  /** Weather for the next calls that it concerns, the first one first. */
  weather: Weather[] = [];
  /** Calls that have met weather, and are not over. */
  struck = 0;
  /** Calls that it concerns, as they came. */
  readonly calls: Call[] = [];

  private constructor(concerns: (call: Call) => boolean, { isBusy = false }: DoorOptions) {
    this.#concerns = concerns;
    this.#agent = new Agent({ keepAlive: !isBusy });
    this.#remembersCalls = !isBusy;
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method = 'GET', url: path = '/', headers } = request;
        const call = { method, path, headers, body: Buffer.concat(parts) };
        this.#pass(call).then(
          ({ answer, isHalf }) => {
            response.writeHead(answer.status, answer.headers);
            if (!isHalf) response.end(answer.body);
            else
              response.write(answer.body.subarray(0, Math.ceil(answer.body.length / 2)), () => {
                request.socket.destroy();
              });
          },
          () => request.socket.destroy(),
        );
      });
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Opens a door whose weather meets calls that it concerns; other calls go by. */
  static async open(concerns: (call: Call) => boolean, options: DoorOptions = {}): Promise<Door> {
    const door = new Door(concerns, options);
    await new Promise<void>((resolve) => door.#server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return door;
  }

  get url(): string {
    // A server that listens on a port has an address with one.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Fine weather, and no call before. */
  clear(): void {
    this.weather = [];
    this.calls.length = 0;
    this.#sent = 0;
  }

  /** Comes true when the next answer is held. */
  nextHold(): Promise<void> {
    return new Promise((resolve) => {
      this.#onHold = resolve;
    });
  }

  get holds(): number {
    return this.#held.length;
  }

  /** Lets held answers go. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const go of held) go();
  }

  /** Sends a call on once more, whoever sent it; answers the status. */
  async repeat(call: Call): Promise<number> {
    return (await this.#send(call)).status;
  }

  close(): Promise<void> {
    this.release();
    this.#agent.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #pass(call: Call): Promise<{ answer: Answer; isHalf: boolean }> {
    if (!this.#concerns(call)) return { answer: await this.#send(call), isHalf: false };
    if (this.#remembersCalls) this.calls.push(call);
    const weather = this.weather.shift();
    if (weather === undefined) return { answer: await this.#send(call), isHalf: false };
    this.struck += 1;
    try {
      return await this.#meet(call, weather);
    } finally {
      this.struck -= 1;
    }
  }

  async #meet(call: Call, weather: Weather): Promise<{ answer: Answer; isHalf: boolean }> {
    if (weather === 'cut-before') throw new Error('The connection broke before the work.');
    const answer = await this.#send(call);
    if (weather === 'cut-after') throw new Error('The connection broke after the work.');
    if (weather === 'hold') await this.#hold();
    if (weather === 'slow') await pause(LATE);
    return { answer, isHalf: weather === 'half' };
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve);
      this.#onHold?.();
      this.#onHold = null;
    });
  }

  #send({ method, path, headers, body }: Call): Promise<Answer> {
    const target = this.targets[this.#sent++ % Math.max(1, this.targets.length)];
    if (target === undefined) return Promise.reject(new Error('Nobody is behind the door.'));
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...headers, host: new URL(target).host }, agent: this.#agent };
      const sent = sendRequest(`${target}${path}`, options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const { 'transfer-encoding': _chunks, connection: _kept, ...rest } = response.headers;
          resolve({ status: response.statusCode ?? 500, headers: rest, body: Buffer.concat(parts) });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
