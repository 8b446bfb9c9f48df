/** What a span says: ids, names and counts, never a value of somebody's record. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A span that begins. */
export interface SpanOrder {
  readonly name: string;
  readonly kind?: 'server' | 'client' | 'internal';
  readonly attributes?: SpanAttributes;
  /** What it is part of, as `traceparent` of W3C Trace Context; what goes on around it where nothing is said. */
  readonly parent?: string | null | undefined;
}

/** A span that goes on. */
export interface RunningSpan {
  set(attributes: SpanAttributes): void;
}

/** Where spans go. */
export interface Tracer {
  /** Does work within a span, which notes its failure. */
  run<T>(order: SpanOrder, work: (span: RunningSpan) => Promise<T>): Promise<T>;
  /**
   * Notes a span that began at a time, in milliseconds of the epoch, and is over. One that is part of something else is linked
   * to what goes on around it.
   */
  note(order: SpanOrder, startedAt: number): void;
  /** What goes on, as `traceparent`; null outside of every span. */
  current(): string | null;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

const UNSEEN: RunningSpan = { set: () => undefined };
let tracer: Tracer | null = null;

/** Has spans go to a tracer, or nowhere. */
export function traceWith(next: Tracer | null): void {
  tracer = next;
}

/**
 * Does work within a span, where spans go anywhere.
 *
 * @param order is asked for only then
 */
export function traced<T>(order: () => SpanOrder, work: (span: RunningSpan) => Promise<T>): Promise<T> {
  return tracer === null ? work(UNSEEN) : tracer.run(order(), work);
}

/** The tracer where spans go anywhere. */
export const currentTracer = (): Tracer | null => tracer;
