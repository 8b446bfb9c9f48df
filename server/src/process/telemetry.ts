import type { Registry } from 'prom-client';
import type { TelemetrySettings } from './telemetry-settings.ts';
import { traceWith } from './tracing.ts';
import { within } from './within.ts';

/** Traces and metrics that are sent. */
export interface Telemetry {
  /** Has what a registry counts sent, from now on. */
  count(registry: Registry): void;
  /**
   * Sends what has not been sent. A collector that does not answer keeps no server from ending.
   *
   * @param patience in milliseconds
   */
  close(patience: number): Promise<void>;
}

/** Sends traces by OpenTelemetry, and metrics once they are there. Its packages are read where a server is told where to. */
export async function startTelemetry(settings: TelemetrySettings): Promise<Telemetry> {
  const [{ openTelemetry }, { exportMetrics }] = await Promise.all([
    import('./open-telemetry.ts'),
    import('./open-telemetry-metrics.ts'),
  ]);
  const tracer = openTelemetry(settings);
  traceWith(tracer);
  const open: { close(): Promise<void> }[] = [tracer];
  return {
    count: (registry) => void open.push(exportMetrics(settings, registry)),
    close: async (patience) => {
      traceWith(null);
      await within(patience, Promise.allSettled(open.map((each) => each.close()))).catch(() => false);
    },
  };
}
