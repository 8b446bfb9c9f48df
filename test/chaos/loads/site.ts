import { differences, uniqueName, type Ground, type Load } from '../load.ts';
import { leads } from './shop.ts';

const VISITORS = 120;

/** A site that identifies its visitors: each is one lead with what was said of it last. */
export async function site(ground: Ground, connection: string): Promise<Load> {
  const { calls, di, salesforce } = ground;
  const { id, writeKey } = await di.call<{ id: string; writeKey: string }>('POST', '/v1/admin/sources', {
    connection,
    name: 'Site',
  });
  const token = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const wanted = new Map<string, string>();
  return {
    name: 'site',
    pause: 500,
    act: async () => {
      const email = `visitor${Math.floor(Math.random() * VISITORS)}@site.example`;
      const lastName = uniqueName('v');
      const event = {
        type: 'identify',
        userId: email,
        messageId: uniqueName('message'),
        traits: { email, lastName, company: 'Site' },
        integrations: { Salesforce: true },
      };
      const answer = await calls.untilDone(() => ({
        method: 'POST',
        path: '/v1/identify',
        token,
        body: event,
      }));
      const { accepted, duplicates } = answer.body;
      if (Number(accepted) + Number(duplicates) === 1) wanted.set(email, lastName);
      else calls.violate(`an event was not taken: ${JSON.stringify(answer.body)}`);
    },
    check: async () => {
      const failed = await di.call<{ events: { outcomes: unknown }[] }>(
        'GET',
        `/v1/admin/sources/${id}/events?status=failed&limit=500`,
      );
      return [
        ...failed.events.slice(0, 5).map((event) => `event failed: ${JSON.stringify(event).slice(0, 500)}`),
        ...differences('leads of the site', wanted, await leads(salesforce, 'site.example')),
      ];
    },
  };
}
