import { html } from '../http/html.ts';
import { callbackPage, PAGE_HEADERS } from './callback-page.ts';

/** What is about to be connected, and by whom it was begun. */
export interface BegunAuthorization {
  readonly account: string;
  readonly project: string;
  readonly connection: string;
  readonly actorKind: string;
  readonly actorName: string;
  readonly loginOrigin: string;
}

/** As of every page, and where its form may lead: to Salesforce, by way of this server. */
export function startPageHeaders(loginOrigin: string): Record<string, string> {
  const policy = PAGE_HEADERS['Content-Security-Policy'].replace(
    "form-action 'none'",
    `form-action 'self' https: ${loginOrigin}`,
  );
  return { ...PAGE_HEADERS, 'Content-Security-Policy': policy };
}

/** Asks somebody who did not begin an authorization themselves whether they want what it does. */
export function startPage(begun: BegunAuthorization, form: { state: string; proof: string }): string {
  const who = begun.actorKind === 'api-key' ? `The program ${begun.actorName}` : begun.actorName;
  return callbackPage(
    'Connect a Salesforce org?',
    [
      `${who} of the account ${begun.account} asks you to connect a Salesforce org to the project ${begun.project}, by its connection ${begun.connection}.`,
      'Whoever runs that project can then read and change records of the org, as the user that you log in as.',
      `Continue only if you know who asks, and expected it. You will log in to Salesforce at ${begun.loginOrigin}.`,
    ],
    html`<form method="post">
      <input type="hidden" name="state" value="${form.state}" />
      <input type="hidden" name="proof" value="${form.proof}" />
      <button>Continue</button>
    </form>`,
  );
}
