import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { listen } from '../../../server/src/http/listen.ts';
import { StartRefused } from '../../../server/src/process/start-refused.ts';

it('a port that another program has is said in a sentence, with what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = other.address() as AddressInfo;
    const start = listen({ port, host: '127.0.0.1' }, () => undefined, pino({ level: 'silent' }));
    const error: unknown = await start.catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(StartRefused);
    expect(String(error)).toContain(`Port ${port} of 127.0.0.1 is in use by another program.`);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});
