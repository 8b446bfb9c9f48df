import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { exportMetrics } from '../../../server/src/process/open-telemetry-metrics.ts';
import { startCollector, type ReceivedMetric } from '../support/collector.ts';

/** What a collector is told at the end of what a registry counts. */
async function told(registry: Registry): Promise<Map<string, ReceivedMetric>> {
  const collector = await startCollector();
  try {
    const settings = { endpoint: collector.url, serviceName: 'test', metricsEveryMs: 60_000 };
    await exportMetrics(settings, registry).close();
    const [sending] = collector.metrics.at(-1) ?? [];
    const metrics = sending?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    return new Map(metrics.map((metric) => [metric.name, metric]));
  } finally {
    await collector.close();
  }
}

it('sends counters, gauges and histograms as OpenTelemetry counts them', async () => {
  const registry = new Registry();
  const registers = [registry];
  const mails = new Counter({ name: 'mails_total', help: 'Mails', labelNames: ['kind'], registers });
  mails.inc({ kind: 'reset' }, 3);
  mails.inc({ kind: 'invitation' });
  new Gauge({ name: 'waiting', help: 'Waits', registers }).set(7);
  const seconds = new Histogram({
    name: 'seconds',
    help: 'Time',
    labelNames: ['route'],
    buckets: [1, 5],
    registers,
  });
  for (const each of [0.5, 2, 3, 60]) seconds.observe({ route: 'a' }, each);
  seconds.observe({ route: 'b' }, 1);

  const metrics = await told(registry);
  expect(metrics.get('mails_total')?.sum).toEqual({
    isMonotonic: true,
    // Cumulative: what was missed is in the next one.
    aggregationTemporality: 2,
    dataPoints: [
      { attributes: { kind: 'reset' }, asDouble: 3 },
      { attributes: { kind: 'invitation' }, asDouble: 1 },
    ],
  });
  expect(metrics.get('waiting')?.gauge?.dataPoints).toEqual([{ attributes: {}, asDouble: 7 }]);
  expect(metrics.get('seconds')?.histogram?.dataPoints).toEqual([
    { attributes: { route: 'a' }, count: 4, sum: 65.5, bucketCounts: [1, 2, 1], explicitBounds: [1, 5] },
    { attributes: { route: 'b' }, count: 1, sum: 1, bucketCounts: [1, 0, 0], explicitBounds: [1, 5] },
  ]);
});

it('leaves out what is no number, which OTLP’s JSON has no word for, and sends its neighbours', async () => {
  const registry = new Registry();
  const registers = [registry];
  const lag = new Gauge({ name: 'lag', help: 'Lag', labelNames: ['of'], registers });
  lag.set({ of: 'a' }, Number.NaN);
  lag.set({ of: 'b' }, 1);
  lag.set({ of: 'c' }, Number.POSITIVE_INFINITY);
  new Gauge({ name: 'waiting', help: 'Waits', registers }).set(7);

  const metrics = await told(registry);
  expect(metrics.get('lag')?.gauge?.dataPoints).toEqual([{ attributes: { of: 'b' }, asDouble: 1 }]);
  expect(metrics.get('waiting')?.gauge?.dataPoints).toEqual([{ attributes: {}, asDouble: 7 }]);
});
