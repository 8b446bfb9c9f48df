import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { PasswordLinkKind } from '../access/password-links.ts';
import type { Language, Mailer, MailText } from '../mail/mailer.ts';

/** Whom a link is for. */
export interface LinkReader {
  readonly email: string;
  readonly name: string;
  readonly language: Language;
}

/** What a mail brings: a link to choose a password, the word that somebody may sign in, or that a password was changed. */
export type MailKind = PasswordLinkKind | 'welcome' | 'changed';

const TEXTS: Readonly<
  Record<Language, Readonly<Record<MailKind, (name: string, link: string) => MailText>>>
> = {
  en: {
    invitation: (name, link) => ({
      subject: 'You are invited to DI Connect',
      text: `Hello ${name},\n\nyou may use DI Connect. Choose your password here; the link works once, for seven days:\n\n${link}\n`,
    }),
    reset: (name, link) => ({
      subject: 'DI Connect: choose a new password',
      text: `Hello ${name},\n\nsomebody has asked for a new password of your access to DI Connect. Choose it here; the link works once, for an hour:\n\n${link}\n\nIf it was not you, nothing has to be done: your password stays as it is.\n`,
    }),
    welcome: (name, link) => ({
      subject: 'You are invited to DI Connect',
      text: `Hello ${name},\n\nyou may use DI Connect. Sign in here as you do elsewhere in your company; you need no password of its own:\n\n${link}\n`,
    }),
    changed: (name, link) => ({
      subject: 'DI Connect: your password was changed',
      text: `Hello ${name},\n\nthe password of your access to DI Connect was changed, and your other sessions were ended:\n\n${link}\n\nIf it was not you, have a new password mailed to you from the page where you sign in, and tell an owner of your account.\n`,
    }),
  },
  fr: {
    invitation: (name, link) => ({
      subject: 'Vous êtes invité à DI Connect',
      text: `Bonjour ${name},\n\nvous avez accès à DI Connect. Choisissez votre mot de passe ici ; le lien sert une seule fois, pendant sept jours :\n\n${link}\n`,
    }),
    reset: (name, link) => ({
      subject: 'DI Connect : choisissez un nouveau mot de passe',
      text: `Bonjour ${name},\n\nun nouveau mot de passe a été demandé pour votre accès à DI Connect. Choisissez-le ici ; le lien sert une seule fois, pendant une heure :\n\n${link}\n\nSi ce n’était pas vous, il n’y a rien à faire : votre mot de passe reste le même.\n`,
    }),
    welcome: (name, link) => ({
      subject: 'Vous êtes invité à DI Connect',
      text: `Bonjour ${name},\n\nvous avez accès à DI Connect. Connectez-vous ici comme ailleurs dans votre entreprise ; aucun mot de passe propre n’est nécessaire :\n\n${link}\n`,
    }),
    changed: (name, link) => ({
      subject: 'DI Connect : votre mot de passe a été modifié',
      text: `Bonjour ${name},\n\nle mot de passe de votre accès à DI Connect a été modifié, et vos autres sessions ont été fermées :\n\n${link}\n\nSi ce n’était pas vous, demandez un nouveau mot de passe depuis la page de connexion et prévenez un propriétaire de votre compte.\n`,
    }),
  },
};

/** Brings links to the people they are for. */
export class PasswordMails {
  readonly #mailer: Mailer;
  readonly #publicUrl: string;

  constructor(mailer: Mailer, publicUrl: string) {
    this.#mailer = mailer;
    this.#publicUrl = publicUrl;
  }

  /** Mails reach people; otherwise whoever made the link passes it on. */
  get isReal(): boolean {
    return this.#mailer.isReal;
  }

  /** The console's page where a password is chosen. What stands after the # reaches no server and no log of one. */
  linkOf(token: string): string {
    return `${this.console}#/choose-password/${token}`;
  }

  /** Where people sign in. */
  get console(): string {
    return `${this.#publicUrl}/console`;
  }

  /** Tells somebody that their password was changed, where mails reach people; a mail that is refused is noted in the log. */
  async tellOfChange(reader: LinkReader, logger: Logger): Promise<void> {
    if (!this.isReal) return;
    try {
      await this.send('changed', reader, this.console);
    } catch (error) {
      logger.error({ err: error }, 'nobody was told by mail of a new password');
    }
  }

  /**
   * @param link that the mail brings
   * @throws Undeliverable
   */
  async send(kind: MailKind, reader: LinkReader, link: string): Promise<void> {
    // One line, whatever somebody calls them: the rest of the mail is ours.
    const name = reader.name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
    const text = TEXTS[reader.language][kind](name, link);
    await this.#mailer.send(reader.email, `${kind}-${randomUUID()}`, text);
  }
}
