import type { Knex } from 'knex';
import type { SecretBox } from '../access/secret-box.ts';
import type { Config } from '../config.ts';
import { alertText, testText, type AlertEvent, type AlertSubject } from './alert-text.ts';
import { Channels, resealChannels, type AlertChannel } from './channels.ts';
import type { Mailer, MailText } from '../mail/mailer.ts';
import { callWebhook } from './webhook.ts';

/** An incident as it is told. */
export interface ToldIncident extends AlertSubject {
  readonly id: string;
  readonly connectionId: string;
}

/** Brings alerts to people, by mail or webhook. */
export class Teller {
  readonly #knex: Knex;
  readonly #box: SecretBox;
  readonly #mailer: Mailer;
  readonly #link: string;
  readonly #privateHosts: readonly string[];

  constructor(knex: Knex, box: SecretBox, mailer: Mailer, config: Pick<Config, 'alerts' | 'publicUrl'>) {
    this.#knex = knex;
    this.#box = box;
    this.#mailer = mailer;
    this.#link = config.publicUrl;
    this.#privateHosts = config.alerts.privateHosts;
  }

  /** Hosts that a webhook may call although they are not of the internet. */
  get privateHosts(): readonly string[] {
    return this.#privateHosts;
  }

  /** Seals webhooks' secrets again that were sealed with an encryption key on its way out. */
  reseal(): Promise<number> {
    return resealChannels(this.#knex, this.#box);
  }

  channels(knex: Knex, accountId: string): Channels {
    return new Channels(knex, accountId, this.#box);
  }

  /**
   * Tells a channel of an incident; answers where the alert went, for the log.
   * @throws Undeliverable
   */
  tell(
    accountId: string,
    channel: AlertChannel,
    id: string,
    event: Exclude<AlertEvent, 'test'>,
    incident: ToldIncident,
  ): Promise<string> {
    const { kind, connectionId, connectionName, subject, message, waiting, openedAt, closedAt } = incident;
    return this.#bring(accountId, channel, id, alertText(event, incident, channel.language, this.#link), {
      event: `incident.${event}`,
      incident: {
        id: incident.id,
        kind,
        connection: { id: connectionId, name: connectionName },
        subject,
        message,
        waiting,
        openedAt,
        closedAt,
      },
    });
  }

  /** Tells an owner, whose account has no channel. */
  tellOwner(
    address: string,
    id: string,
    event: Exclude<AlertEvent, 'test'>,
    incident: ToldIncident,
  ): Promise<string> {
    return this.#mailer.send(address, `alert-${id}`, alertText(event, incident, 'en', this.#link));
  }

  /**
   * Sends a test to a channel.
   * @throws Undeliverable
   */
  test(accountId: string, channel: AlertChannel, id: string): Promise<string> {
    return this.#bring(accountId, channel, id, testText(channel.language, this.#link), { event: 'test' });
  }

  async #bring(
    accountId: string,
    channel: AlertChannel,
    id: string,
    { subject, text }: MailText,
    more: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    if (channel.kind === 'email') return this.#mailer.send(channel.address, `alert-${id}`, { subject, text });
    const secret = await this.channels(this.#knex, accountId).secretOf(channel.id);
    const body = { id, ...more, title: subject, text, link: this.#link };
    await callWebhook({ url: channel.address, secret, id, body }, this.#privateHosts);
    return 'webhook called';
  }
}
