import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { resourceOf, urlOf } from './otlp.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';
import type { SpanOrder, Tracer } from './tracing.ts';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Milliseconds from a span's end until it is sent. */
const DELAY_MS = 2000;

/**
 * A tracer that sends spans by OTLP over HTTP, as JSON. Only a server that is told where imports this file, and with it the
 * packages of OpenTelemetry.
 */
export function openTelemetry(settings: TelemetrySettings): Tracer {
  const provider = new TracerProvider({
    resource: resourceOf(settings),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: urlOf(settings, 'traces') }),
        scheduledDelayMillis: DELAY_MS,
      }),
    ],
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const spans = provider.getTracer('di-connect');
  const begin = ({ name, kind = 'internal', attributes = {}, parent }: SpanOrder, more: object): Span =>
    spans.startSpan(name, { kind: KINDS[kind], attributes, ...more }, contextOf(parent));
  return {
    run: async (order, work) => {
      const span = begin(order, {});
      try {
        return await context.with(trace.setSpan(context.active(), span), () =>
          work({ set: (attributes) => void span.setAttributes(attributes) }),
        );
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: nameOf(error) });
        throw error;
      } finally {
        span.end();
      }
    },
    note: (order, startTime) => {
      const around = trace.getSpanContext(context.active());
      const isElsewhere = around !== undefined && order.parent !== undefined;
      const links = isElsewhere ? [{ context: around }] : [];
      begin(order, { startTime, links }).end();
    },
    current: () => {
      const around = trace.getSpanContext(context.active());
      if (!around) return null;
      return `00-${around.traceId}-${around.spanId}-${around.traceFlags.toString(16).padStart(2, '0')}`;
    },
    close: async () => {
      await provider.shutdown();
      context.disable();
    },
  };
}

/** What a span is part of. A `traceparent` that is none begins a trace of its own. */
function contextOf(parent: string | null | undefined): Context {
  if (parent === undefined) return context.active();
  const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}

/** What kind of error it was: its message may hold somebody's values. */
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};
