import { ValueType, type Attributes, type HrTime } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type DataPoint,
  type HistogramMetricData,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client';
import { resourceOf, urlOf } from './otlp.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

type Counted = MetricObjectWithValues<MetricValueWithName<string>>;
type Labels = Counted['values'][number]['labels'];

/** Between which two moments something was counted. */
interface Span {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/**
 * Sends what a registry of Prometheus counts by OTLP over HTTP, as JSON, under the same names and labels, and once more at the
 * end. A collector that does not answer has the same told it with the next look: counters count from the start.
 *
 * @param settings its `endpoint` is a collector's, to which `/v1/metrics` is added
 */
export function exportMetrics(
  settings: TelemetrySettings,
  registry: Pick<Registry, 'getMetricsAsJSON'>,
): { close(): Promise<void> } {
  const startTime = timeOf(Date.now());
  const resource = resourceOf(settings);
  const collect = async (): Promise<MetricData[]> => {
    // What Prometheus's client answers is wider than its types say: a histogram's series carry their own names.
    const counted = (await registry.getMetricsAsJSON()) as unknown as readonly Counted[];
    return counted.flatMap((each) => dataOf(each, { startTime, endTime: timeOf(Date.now()) }) ?? []);
  };
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: urlOf(settings, 'metrics') }),
    exportIntervalMillis: settings.metricsEveryMs,
    exportTimeoutMillis: Math.min(settings.metricsEveryMs, 10_000),
    metricProducers: [
      { collect: async () => ({ resourceMetrics: produced(resource, await collect()), errors: [] }) },
    ],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return { close: () => provider.shutdown() };
}

const produced = (
  resource: Resource,
  metrics: MetricData[],
): { resource: Resource; scopeMetrics: [{ scope: { name: string }; metrics: MetricData[] }] } => ({
  resource,
  scopeMetrics: [{ scope: { name: 'di-connect' }, metrics }],
});

/** A metric as OpenTelemetry has it; null for a summary, which it has no series for. */
function dataOf({ name, help, type, values }: Counted, span: Span): MetricData | null {
  const base = {
    descriptor: { name, description: help, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  // JSON has no word for what is no number, as a mean of nothing is: it would be sent as null.
  const points = (): DataPoint<number>[] =>
    values
      .filter(({ value }) => Number.isFinite(value))
      .map(({ labels, value }) => ({ ...span, attributes: attributesOf(labels), value }));
  switch (String(type)) {
    case 'counter':
      return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points() };
    case 'gauge':
      return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: points() };
    case 'histogram':
      return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(values, span) };
    default:
      return null;
  }
}

interface Series {
  readonly attributes: Attributes;
  readonly boundaries: number[];
  /** Up to each boundary, and of all, as Prometheus counts. */
  readonly upTo: number[];
  sum: number;
  count: number;
}

/** Prometheus counts up to each boundary, OpenTelemetry between two of them. */
function histograms(values: Counted['values'], span: Span): HistogramMetricData['dataPoints'] {
  const all = new Map<string, Series>();
  for (const { labels, metricName = '', value } of values) {
    const { le, ...others } = labels;
    const key = JSON.stringify(others);
    const series = all.get(key) ?? {
      attributes: attributesOf(others),
      boundaries: [],
      upTo: [],
      sum: 0,
      count: 0,
    };
    all.set(key, series);
    if (metricName.endsWith('_sum')) series.sum = value;
    else if (metricName.endsWith('_count')) series.count = value;
    else {
      series.upTo.push(value);
      if (le !== '+Inf') series.boundaries.push(Number(le));
    }
  }
  return [...all.values()].map(({ attributes, boundaries, upTo, sum, count }) => {
    const counts = upTo.map((each, index) => each - (upTo[index - 1] ?? 0));
    return { ...span, attributes, value: { buckets: { boundaries, counts }, sum, count } };
  });
}

const attributesOf = (labels: Labels): Attributes =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));

const timeOf = (milliseconds: number): HrTime => [
  Math.trunc(milliseconds / 1000),
  Math.trunc((milliseconds % 1000) * 1e6),
];
