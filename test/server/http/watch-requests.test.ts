import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { watchRequests } from '../../../server/src/http/watch-requests.ts';
import type { AnsweredRequest } from '../../../server/src/process/metrics.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly req: { readonly id: string; readonly method: string; readonly url: string };
  readonly res: { readonly statusCode: number };
  readonly responseTime: number;
}

describe('of a request', () => {
  let lines: Line[];
  let measured: AnsweredRequest[];
  let app: express.Express;
  beforeEach(() => {
    lines = [];
    measured = [];
    app = express();
    const logger = pino({}, { write: (line) => lines.push(JSON.parse(line) as Line) });
    app.use(watchRequests(logger, (answered) => measured.push(answered)));
  });
  const over = (): Promise<void> => vi.waitFor(() => expect(lines).not.toEqual([]));

  it('one line says what it was and what it came to, and it is measured by its route', async () => {
    app.get('/things/:id', (_request, response) => {
      response.json({});
    });
    const answer = await request(app).get('/things/7?secret=x').set('X-Request-Id', 'of-mine').expect(200);
    await over();
    expect(answer.headers).toMatchObject({ 'x-request-id': 'of-mine', 'cache-control': 'no-store' });
    expect(lines).toMatchObject([
      {
        level: pino.levels.values.info,
        msg: 'request completed',
        req: { id: 'of-mine', method: 'GET', url: '/things/7' },
        res: { statusCode: 200 },
      },
    ]);
    expect(lines[0]?.responseTime).toBeGreaterThanOrEqual(0);
    expect(measured).toMatchObject([{ method: 'GET', route: '/things/:id', status: 200 }]);
  });

  it.each([
    [404, 'warn'],
    [503, 'error'],
  ])('that was answered with %s the line is at the level %s', async (status, level) => {
    app.use((_request, response) => {
      response.sendStatus(status);
    });
    await request(app).get('/').expect(status);
    await over();
    expect(lines).toMatchObject([{ level: pino.levels.values[level], res: { statusCode: status } }]);
    expect(measured).toMatchObject([{ route: 'unknown', status }]);
  });

  it.each([
    ['/u/a-link-that-withdraws', '/u/…'],
    ['/U/a-link-that-withdraws', '/U/…'],
    ['http://localhost/u/a-link-that-withdraws', 'http://localhost/u/…'],
    [
      '/V1/admin/projects/p/Tables/Contact/Rows/ann@example.com',
      '/V1/admin/projects/p/Tables/Contact/Rows/…',
    ],
    [
      '/v1/admin/projects/p/tables/Contact/rows/ann@example.com',
      '/v1/admin/projects/p/tables/Contact/rows/…',
    ],
    ['/v1/admin/projects/p/tables/Contact/rows/archive', '/v1/admin/projects/p/tables/Contact/rows/archive'],
  ])('for %s the log has %s', async (path, logged) => {
    app.use((_request, response) => {
      response.end();
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // As it is written here, an address of a proxy's kind too: a client of HTTP would make a path of it.
    get({ host: '127.0.0.1', port, path, agent: false }).on('response', (answer) => answer.resume());
    await over();
    server.close();
    expect(lines[0]?.req.url).toBe(logged);
  });

  it('an id that is none of its own is made where the caller sends what could forge a line', async () => {
    app.use((_request, response) => {
      response.end();
    });
    const { headers } = await request(app).get('/').set('X-Request-Id', 'a b');
    expect(headers['x-request-id']).toMatch(/^[\da-f]{8}-/);
  });

  it('whose caller has gone the line says that it was aborted, and nothing is measured', async () => {
    app.use((_request, response) => {
      response.write('the beginning');
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const calling = new AbortController();
    await fetch(`http://127.0.0.1:${port}/`, { signal: calling.signal });
    calling.abort();
    await over();
    server.close();
    expect(lines).toMatchObject([{ msg: 'request aborted' }]);
    expect(measured).toEqual([]);
  });
});
