import { currentTracer, type SpanAttributes, type SpanOrder } from '../../process/tracing.ts';
import type { Claim } from '../deliveries/claims.ts';
import type { Retried, Settled } from '../deliveries/outcomes.ts';
import type { Integration } from '../integrations/integrations.ts';

const about = ({ id, object }: Integration): SpanAttributes => ({
  'di.integration': id,
  'di.object': object,
});

/** The sending of some deliveries of an integration. */
export const sendingOf = (integration: Integration, claims: readonly Claim[]): SpanOrder => ({
  name: 'send deliveries',
  attributes: { ...about(integration), 'di.deliveries': claims.length },
});

/**
 * Notes what deliveries came to in the traces of the changes that they come from, each linked to the sending that many have
 * in common.
 */
export function noteDelivered(
  integration: Integration,
  ended: readonly (Settled | Retried)[],
  startedAt: number,
): void {
  const tracer = currentTracer();
  if (tracer === null) return;
  for (const { claim, outcome, code } of ended) {
    if (claim.traceparent === null) continue;
    const attributes = { ...about(integration), 'di.delivery': claim.id, 'di.outcome': outcome };
    const parent = claim.traceparent;
    tracer.note(
      {
        name: 'deliver',
        parent,
        attributes: { ...attributes, ...(code === undefined ? {} : { 'di.code': code }) },
      },
      startedAt,
    );
  }
}
