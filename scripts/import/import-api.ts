import { open, type FileHandle } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const count = z.int();
const shown = z.object({
  id: z.string(),
  status: z.string(),
  message: z.string().nullable(),
  bytes: count,
  counts: z.object({ rows: count, created: count, updated: count, unchanged: count, rejected: count }),
  progress: z.object({
    share: z.number(),
    rowsPerSecond: z.number().nullable(),
    estimatedRows: count.nullable(),
  }),
  found: z
    .object({
      encoding: z.string(),
      delimiter: z.string(),
      warnings: z.array(z.string()),
      guess: z
        .object({
          values: z.array(z.string()),
          others: z.array(z.object({ encoding: z.string(), values: z.array(z.string()) })),
        })
        .nullish(),
      headings: z.array(z.string()),
    })
    .nullable(),
  settings: z
    .object({
      mapping: z.array(z.object({ heading: z.string(), to: z.string() }).loose()),
      consents: z
        .array(z.object({ heading: z.string(), optIn: z.string(), date: z.string().optional() }).loose())
        .optional(),
    })
    .loose()
    .nullable(),
});
export type ShownImport = z.output<typeof shown>;

/** Bytes that are sent in one request: a broken line costs no more than these. */
const PIECE = 16 * 1024 * 1024;
/** Times that a piece is sent anew from where it broke off. */
const ATTEMPTS = 5;

/** Imports through the API of a running server. Throws what the server says is wrong. */
export class ImportApi {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url.replace(/\/+$/, '');
    this.#key = key;
  }

  async create(target: object): Promise<ShownImport> {
    return this.#json('POST', '/v1/admin/imports', target);
  }

  find(id: string): Promise<ShownImport> {
    return this.#json('GET', `/v1/admin/imports/${id}`);
  }

  set(id: string, settings: object): Promise<ShownImport> {
    return this.#json('PATCH', `/v1/admin/imports/${id}/settings`, settings);
  }

  step(id: string, step: 'check' | 'start' | 'cancel'): Promise<ShownImport> {
    return this.#json('POST', `/v1/admin/imports/${id}/${step}`);
  }

  /** Sends a file piece by piece; where the line breaks, goes on from what has come. */
  async send(id: string, path: string, onBytes: (bytes: number) => void): Promise<ShownImport> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      let current = await this.find(id);
      let failures = 0;
      do {
        try {
          current = await this.#piece(file, id, current.bytes, size);
          failures = 0;
        } catch (error) {
          failures += 1;
          // What the server refuses is refused again; a line may hold the next time.
          if (!(error instanceof TypeError) || failures >= ATTEMPTS) throw error;
          current = await this.find(id);
        }
        onBytes(current.bytes);
      } while (current.status === 'uploading' && current.bytes < size);
      return current;
    } finally {
      await file.close();
    }
  }

  async #piece(file: FileHandle, id: string, from: number, size: number): Promise<ShownImport> {
    const length = Math.min(PIECE, size - from);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, from);
    const last = from + bytesRead >= size;
    const path = `/v1/admin/imports/${id}/file?offset=${from}&last=${last}`;
    const response = await this.#call(
      'PUT',
      path,
      { 'content-type': 'text/csv' },
      buffer.subarray(0, bytesRead),
    );
    return shown.parse(await response.json());
  }

  /** Writes rejected rows into a file. */
  async saveResults(id: string, path: string, only: 'rejected' | 'all'): Promise<void> {
    const response = await this.#call('GET', `/v1/admin/imports/${id}/results.csv?only=${only}`);
    await pipeline(piecesOf(response), createWriteStream(path));
  }

  async #json(method: string, path: string, body?: object): Promise<ShownImport> {
    const response = await this.#call(
      method,
      path,
      body ? { 'content-type': 'application/json' } : {},
      body && JSON.stringify(body),
    );
    return shown.parse(await response.json());
  }

  async #call(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    if (response.ok) return response;
    const problem = z
      .object({ code: z.string(), detail: z.string() })
      .safeParse(await response.json().catch(() => null));
    throw new Error(
      problem.success
        ? `${problem.data.detail} (${problem.data.code})`
        : `${method} ${path}: ${response.status}`,
    );
  }
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) yield read.value;
}
