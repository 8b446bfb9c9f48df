import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterEach, expect, it, vi } from 'vitest';
import { startTelemetry } from '../../../server/src/process/telemetry.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('a collector that takes connections and says nothing holds the end of a server for two seconds, not for all it has', async () => {
  const mute = createServer().listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  const registry = new Registry();
  new Counter({ name: 'asked', help: 'Asked', registers: [registry] }).inc();
  const telemetry = await startTelemetry({
    endpoint: `http://127.0.0.1:${port}`,
    serviceName: 'di-connect',
    metricsEveryMs: 60_000,
  });
  telemetry.count(registry);

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let isClosed = false;
  const closing = telemetry.close(600_000).then(() => (isClosed = true));
  await vi.advanceTimersByTimeAsync(1900);
  expect(isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(isClosed).toBe(true);
  await closing;
  mute.close();
});
