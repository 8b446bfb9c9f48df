import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { AlertConfig } from '../config.ts';
import { Undeliverable } from './undeliverable.ts';

/** Milliseconds for each step of talking to the mail server. */
const PATIENCE = 15_000;
/** SMTP: from here on a refusal is for good. */
const FOR_GOOD = 500;

/** In which languages mails are written. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Sends mails to people. */
export interface Mailer {
  /** Mails reach people: false where they only become files of the data folder. */
  readonly isReal: boolean;
  /**
   * @param id of the mail: the same one sent again is the same message
   * @returns where it went, for the log
   * @throws Undeliverable with what the mail server said
   */
  send(to: string, id: string, mail: MailText): Promise<string>;
}

/** Through the SMTP server; without one into files of the data folder. */
export function createMailer(config: AlertConfig, dataFolder: string | null): Mailer {
  return config.smtpUrl === null
    ? fileMailer(config.from, dataFolder)
    : smtpMailer(config.smtpUrl, config.from);
}

function smtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    isReal: true,
    send: async (to, id, mail) => {
      try {
        const { response } = await transport.sendMail(message(from, to, id, mail));
        return response;
      } catch (error) {
        throw refusal(error);
      }
    },
  };
}

/** @param dataFolder null where nothing is to be kept: the mail is only made */
function fileMailer(from: string, dataFolder: string | null): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    isReal: false,
    send: async (to, id, mail) => {
      const { message: written } = await transport.sendMail(message(from, to, id, mail));
      if (dataFolder === null) return 'no SMTP_URL: kept nowhere';
      const file = path.join(dataFolder, 'mail', `${id}.eml`);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, written, { mode: 0o600 });
      return `no SMTP_URL: kept in DATA_DIR as mail/${id}.eml`;
    },
  };
}

function message(from: string, to: string, id: string, mail: MailText): SendMailOptions {
  const host = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    // As an object: what looks like a list of addresses is one all the same.
    to: { name: '', address: to },
    messageId: `<${id}@${host}>`,
    // RFC 3834: nobody's holiday note answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    ...mail,
  };
}

/** What the server said, in one line; a password stands in none of nodemailer's messages. */
function refusal(error: unknown): Undeliverable {
  const said = error instanceof Error ? error.message : String(error);
  const status =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? error.responseCode
      : 0;
  const isLogIn = error instanceof Error && 'code' in error && error.code === 'EAUTH';
  // A wrong password is mended in the configuration; an address that does not exist is not.
  return new Undeliverable(`The mail server: ${said}`, status >= FOR_GOOD && !isLogIn);
}
