import { randomUUID } from 'node:crypto';
import type { PasswordLinkKind } from '../access/password-links.ts';
import type { Language, Mailer, MailText } from '../mail/mailer.ts';

/** Whom a link is for. */
export interface LinkReader {
  readonly email: string;
  readonly name: string;
  readonly language: Language;
}

const TEXTS: Readonly<
  Record<Language, Readonly<Record<PasswordLinkKind, (name: string, link: string) => MailText>>>
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
    return `${this.#publicUrl}/console#/choose-password/${token}`;
  }

  /** @throws Undeliverable */
  async send(kind: PasswordLinkKind, reader: LinkReader, token: string): Promise<void> {
    // One line, whatever somebody calls them: the rest of the mail is ours.
    const name = reader.name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
    const text = TEXTS[reader.language][kind](name, this.linkOf(token));
    await this.#mailer.send(reader.email, `${kind}-${randomUUID()}`, text);
  }
}
