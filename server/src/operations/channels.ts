import type { Knex } from 'knex';
import { oneOfEachKey, type SealedKind } from '../access/sealed-kinds.ts';
import type { SecretBox } from '../access/secret-box.ts';
import { newSecret } from '../access/secrets.ts';
import { conflict, notFound } from '../http/problem.ts';
import type { Language } from '../mail/mailer.ts';

export const CHANNEL_KINDS = ['email', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Where alerts of an account go. */
export interface AlertChannel {
  readonly id: string;
  readonly kind: ChannelKind;
  /** An e-mail address, or the URL of a webhook. */
  readonly address: string;
  readonly language: Language;
  readonly isActive: boolean;
  /** When the last alert arrived; null before the first. */
  readonly toldAt: Date | null;
  /** Why the last one did not arrive; null where it did. */
  readonly lastError: string | null;
}

interface ChannelRow {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly address: string;
  readonly language: Language;
  readonly is_active: boolean;
  readonly sealed_secret: string | null;
  readonly told_at: Date | null;
  readonly last_error: string | null;
}

const purpose = (id: string): string => `alert-channel:${id}`;

export const sealedChannelSecrets: SealedKind = {
  what: 'secrets of webhooks that alerts go to',
  samples: async (knex) => {
    const { rows } = await knex.raw<{ rows: { sealed: string; id: string }[] }>(
      `SELECT ${oneOfEachKey('sealed_secret')}, id FROM di.alert_channel WHERE sealed_secret IS NOT NULL`,
    );
    return rows.map((row) => ({ sealed: row.sealed, purpose: purpose(row.id) }));
  },
  isReplaceable: false,
};

/** The channels of an account. */
export class Channels {
  readonly #knex: Knex;
  readonly #accountId: string;
  readonly #box: SecretBox;

  constructor(knex: Knex, accountId: string, box: SecretBox) {
    this.#knex = knex;
    this.#accountId = accountId;
    this.#box = box;
  }

  async list(): Promise<AlertChannel[]> {
    const rows = await this.#all().orderBy('created_at').select<ChannelRow[]>();
    return rows.map(channelOf);
  }

  async find(id: string): Promise<AlertChannel> {
    return channelOf(await this.#row(id));
  }

  /** Adds a channel. A webhook's secret is in the answer and nowhere else. */
  async create(
    kind: ChannelKind,
    address: string,
    language: Language,
  ): Promise<{ readonly id: string; readonly secret: string | null }> {
    const [row] = await this.#knex('di.alert_channel')
      .insert({ account_id: this.#accountId, kind, address, language })
      .onConflict()
      .ignore()
      .returning<{ id: string }[]>('id');
    if (!row) throw conflict('alert-channel-exists', `Alerts go to ${address} already.`);
    return { id: row.id, secret: kind === 'webhook' ? await this.renewSecret(row.id) : null };
  }

  async change(id: string, change: { language?: Language; isActive?: boolean }): Promise<AlertChannel> {
    const { language, isActive } = change;
    const changed = await this.#all()
      .where({ id })
      .update({ ...(language && { language }), ...(isActive !== undefined && { is_active: isActive }) });
    if (changed === 0) throw notFound(`alert channel ${id}`);
    return this.find(id);
  }

  async remove(id: string): Promise<void> {
    if ((await this.#all().where({ id }).delete()) === 0) throw notFound(`alert channel ${id}`);
  }

  /** Puts a new secret in the old one's place, for webhooks only. */
  async renewSecret(id: string): Promise<string> {
    const secret = newSecret();
    const changed = await this.#all()
      .where({ id, kind: 'webhook' })
      .update({ sealed_secret: this.#box.seal(secret, purpose(id)) });
    if (changed === 0) throw notFound(`webhook ${id}`);
    return secret;
  }

  /** The secret that a webhook's calls are signed with. */
  async secretOf(id: string): Promise<string> {
    const { sealed_secret: sealed } = await this.#row(id);
    if (sealed === null) throw new Error(`The alert channel ${id} has no secret.`);
    return this.#box.open(sealed, purpose(id));
  }

  /** Keeps what came of the last alert. */
  async note(id: string, error: string | null): Promise<void> {
    await this.#all()
      .where({ id })
      .update(error === null ? { told_at: this.#knex.fn.now(), last_error: null } : { last_error: error });
  }

  async #row(id: string): Promise<ChannelRow> {
    const row = await this.#all().where({ id }).first<ChannelRow | undefined>();
    if (!row) throw notFound(`alert channel ${id}`);
    return row;
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.alert_channel').where({ account_id: this.#accountId });
  }
}

function channelOf(row: ChannelRow): AlertChannel {
  return {
    id: row.id,
    kind: row.kind,
    address: row.address,
    language: row.language,
    isActive: row.is_active,
    toldAt: row.told_at,
    lastError: row.last_error,
  };
}

/** Seals again, in every account, the secrets that were sealed with an encryption key on its way out; answers how many. */
export async function resealChannels(knex: Knex, box: SecretBox): Promise<number> {
  const rows = await knex('di.alert_channel')
    .whereNotNull('sealed_secret')
    .select<{ id: string; sealed_secret: string }[]>('id', 'sealed_secret');
  const outdated = rows.filter((row) => box.isOutdated(row.sealed_secret));
  for (const { id, sealed_secret: sealed } of outdated)
    await knex('di.alert_channel')
      .where({ id, sealed_secret: sealed })
      .update({ sealed_secret: box.seal(box.open(sealed, purpose(id)), purpose(id)) });
  return outdated.length;
}
