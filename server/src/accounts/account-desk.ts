import type { Logger } from 'pino';
import type { RateLimits } from '../http/rate-limits.ts';
import type { PasswordUse } from '../process/sign-on-settings.ts';
import type { PasswordMails } from './password-mails.ts';

/** What the endpoints of accounts stand on. */
export interface AccountDesk {
  readonly limits: RateLimits;
  readonly mails: PasswordMails;
  readonly passwords: PasswordUse;
  readonly logger: Logger;
}
