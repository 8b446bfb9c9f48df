import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import { say } from '../../messages/message.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Integration } from './integrations.ts';

const moment = z.iso.datetime().nullable();

/** Whether an integration is in step, and if not, why. */
export const healthAnswer = z.object({
  status: z.enum(['in-step', 'sending', 'held', 'stopped', 'failing']),
  message: z.string().nullable(),
  sentence: sentenceAnswer,
  pending: z.int(),
  dead: z.int(),
  unreached: z.int().meta({
    description: 'Opt-outs that Salesforce has no record for: they are sent when one comes',
  }),
  oldest: moment.meta({ description: 'Since when the oldest change waits' }),
  lastSuccess: moment,
  apiCalls: z.int().meta({ description: 'Spent by this integration, ever' }),
  api: z
    .object({ used: z.int(), limit: z.int(), seenAt: moment })
    .nullable()
    .meta({ description: 'What the org counted in its last answer, over 24 hours, whoever called' }),
  reasons: z
    .array(z.object({ code: z.string(), count: z.int() }))
    .meta({ description: 'Of dead letters, and of opt-outs that reached nobody' }),
  outcomes: z.record(z.string(), z.int()).meta({ description: 'Of deliveries of the last 30 days' }),
});

interface Waiting {
  readonly pending: number;
  readonly dead: number;
  readonly unreached: number;
  readonly oldest: Date | null;
}

interface ChannelRow {
  readonly held_at: Date | null;
  readonly resume_at: Date | null;
  readonly message: string | null;
  readonly api_used: number | null;
  readonly api_limit: number | null;
  readonly api_seen_at: Date | null;
}

/** The health of an integration that the caller may see. */
export async function healthOf(knex: Knex, integration: Integration): Promise<z.input<typeof healthAnswer>> {
  const ofIntegration = { integration_id: integration.id };
  const waiting = await knex('di.delivery')
    .where(ofIntegration)
    .first<Waiting | undefined>(
      knex.raw("count(*) FILTER (WHERE state = 'pending') AS pending"),
      knex.raw("count(*) FILTER (WHERE state = 'dead') AS dead"),
      knex.raw("count(*) FILTER (WHERE state = 'unreached') AS unreached"),
      knex.raw("min(changed_at) FILTER (WHERE state = 'pending') AS oldest"),
    );
  const channel = await knex('di.delivery_channel')
    .where({ connection_id: integration.connectionId })
    .first<ChannelRow | undefined>();
  const reasons = await knex('di.delivery')
    .where(ofIntegration)
    .whereIn('state', ['dead', 'unreached'])
    .groupBy('last_code')
    .orderBy('count', 'desc')
    .select<{ code: string | null; count: number }[]>('last_code as code', knex.raw('count(*) AS count'));
  const outcomes = await knex('di.delivery_count')
    .where(ofIntegration)
    .whereRaw("day > (now() AT TIME ZONE 'UTC')::date - 30")
    .groupBy('outcome')
    .select<{ outcome: string; count: string }[]>('outcome', knex.raw('sum(count) AS count'));
  const counts = waiting ?? { pending: 0, dead: 0, unreached: 0, oldest: null };
  const { status, message } = standing(integration, channel, counts);
  return {
    status,
    ...worded(message),
    pending: counts.pending,
    dead: counts.dead,
    unreached: counts.unreached,
    oldest: counts.oldest?.toISOString() ?? null,
    lastSuccess: integration.lastSuccessAt?.toISOString() ?? null,
    apiCalls: integration.apiCalls,
    api:
      channel?.api_used == null || channel.api_limit === null
        ? null
        : {
            used: channel.api_used,
            limit: channel.api_limit,
            seenAt: channel.api_seen_at?.toISOString() ?? null,
          },
    reasons: reasons.map(({ code, count }) => ({ code: code ?? '', count })),
    outcomes: Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, Number(count)])),
  };
}

function standing(
  integration: Integration,
  channel: ChannelRow | undefined,
  { pending, dead }: Waiting,
): Pick<z.input<typeof healthAnswer>, 'status' | 'message'> {
  const { stopped, status, waitsUntil, waitsMessage } = integration;
  const now = Date.now();
  if (stopped) return { status: 'stopped', message: stopped.message };
  if (status !== 'active') return { status: 'held', message: say('deliveries.not-active', { status }) };
  if (channel?.resume_at != null && channel.resume_at.getTime() > now)
    return { status: 'held', message: channel.message };
  if (waitsUntil !== null && waitsUntil.getTime() > now) return { status: 'held', message: waitsMessage };
  if (dead === 1) return { status: 'failing', message: say('deliveries.one-dead') };
  if (dead > 1) return { status: 'failing', message: say('deliveries.dead', { count: dead }) };
  return { status: pending > 0 ? 'sending' : 'in-step', message: null };
}
