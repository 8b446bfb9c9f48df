import { randomUUID } from 'node:crypto';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** What this process is called, so that copies of a server are not taken for one. */
const INSTANCE = randomUUID();

/** Where a collector takes traces or metrics. */
export const urlOf = ({ endpoint }: TelemetrySettings, signal: 'traces' | 'metrics'): string =>
  `${endpoint.endsWith('/') ? endpoint : `${endpoint}/`}v1/${signal}`;

/** Who sends them. */
export const resourceOf = ({ serviceName }: TelemetrySettings): Resource =>
  resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': INSTANCE });
