import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const attributes = z
  .array(
    z.object({
      key: z.string(),
      value: z.object({ stringValue: z.string().optional(), intValue: z.number().optional() }),
    }),
  )
  .transform((all) =>
    Object.fromEntries(all.map(({ key, value }) => [key, value.stringValue ?? value.intValue])),
  );

const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
});
export type Span = z.output<typeof spanSchema>;

const traces = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});

const numbers = z.object({ dataPoints: z.array(z.object({ attributes, asDouble: z.number() })) });
const metricSchema = z.object({
  name: z.string(),
  sum: numbers.extend({ isMonotonic: z.boolean(), aggregationTemporality: z.number() }).optional(),
  gauge: numbers.optional(),
  histogram: z
    .object({
      dataPoints: z.array(
        z.object({
          attributes,
          count: z.number(),
          sum: z.number(),
          bucketCounts: z.array(z.number()),
          explicitBounds: z.array(z.number()),
        }),
      ),
    })
    .optional(),
});
export type ReceivedMetric = z.output<typeof metricSchema>;

const metrics = z.object({
  resourceMetrics: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeMetrics: z.array(z.object({ metrics: z.array(metricSchema) })),
    }),
  ),
});
export type ReceivedMetrics = z.output<typeof metrics>['resourceMetrics'];

/** Takes traces and metrics by OTLP, as JSON. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly Span[];
  /** Each sending of metrics by itself. */
  readonly metrics: readonly ReceivedMetrics[];
  close(): Promise<unknown>;
}

export async function startCollector(): Promise<Collector> {
  const spans: Span[] = [];
  const sendings: ReceivedMetrics[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
      if (incoming.url === '/v1/metrics') sendings.push(metrics.parse(body).resourceMetrics);
      else
        for (const { scopeSpans } of traces.parse(body).resourceSpans)
          for (const scope of scopeSpans) spans.push(...scope.spans);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    spans,
    metrics: sendings,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
