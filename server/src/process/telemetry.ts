import type { Registry } from 'prom-client';
import type { TelemetrySettings } from './telemetry-settings.ts';
import { traceWith } from './tracing.ts';
import { within } from './within.ts';

/** Milliseconds that a server's end waits for its collector. */
const LAST_LOOK_MS = 2000;

/** Traces and metrics that are sent. */
export interface Telemetry {
  /** Has what a registry counts sent, from now on. */
  count(registry: Registry): void;
  /**
   * Sends what has not been sent. A collector that does not answer keeps no server from ending.
   *
   * @param patience in milliseconds; two seconds are enough for a collector that is there
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
      const closing = Promise.allSettled(open.map((each) => each.close()));
      await within(Math.min(patience, LAST_LOOK_MS), closing).catch(() => false);
    },
  };
}
