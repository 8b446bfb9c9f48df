import { z } from 'zod';

/** A connection's share of its org's daily API calls. */
export const apiShareSchema = z.number().min(0.01).max(1).meta({
  description:
    'Share of the org’s daily API calls, used by any client, beyond which rows, events, actions, imports, pulls and deployments of this connection wait. Consent goes on as long as the org takes calls.',
});
