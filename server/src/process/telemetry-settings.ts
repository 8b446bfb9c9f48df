/** Where traces and metrics go. */
export interface TelemetrySettings {
  /** Of a collector; `/v1/traces` and `/v1/metrics` are added. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Milliseconds from one sending of the metrics to the next. */
  readonly metricsEveryMs: number;
}
