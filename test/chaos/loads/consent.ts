import { PROJECT } from '../../../scripts/demo/set-up.ts';
import { OPT_IN } from '../../../scripts/demo/way-back.ts';
import { differences, uniqueName, type Ground, type Load } from '../load.ts';

const PEOPLE = 25;

interface Shown {
  readonly consents: readonly { readonly optIn: string; readonly status: string | null }[];
  readonly events: readonly { readonly source: string }[];
}

/** People who say yes and no, whose word goes to a field in Salesforce. */
export async function consent(ground: Ground, optInField: string): Promise<Load> {
  const { calls, di, salesforce, adminToken: token } = ground;
  const emails = Array.from({ length: PEOPLE }, (_, number) => `person${number}@consent.example`);
  await salesforce.createAll(
    'Contact',
    emails.map((Email) => ({ LastName: 'Person', Email })),
  );
  const wanted = new Map(emails.map((email) => [email, 'null']));
  /** How often each has said something. */
  const acts = new Map(emails.map((email) => [email, 0]));
  const shown = (email: string): Promise<Shown> => {
    const key = encodeURIComponent(JSON.stringify({ email }));
    return di.call('GET', `/v1/admin/projects/${PROJECT}/consent/contact?key=${key}`);
  };
  return {
    name: 'consent',
    pause: 400,
    act: async () => {
      const email = emails[Math.floor(Math.random() * emails.length)] ?? '';
      const said = Math.random() < 0.5 ? 'granted' : 'withdrawn';
      const key = uniqueName('consent');
      const answer = await calls.untilDone(() => ({
        method: 'POST',
        path: `/v1/admin/projects/${PROJECT}/consent`,
        token,
        headers: { 'idempotency-key': key },
        body: { changes: [{ contact: { email }, optIn: OPT_IN, status: said }] },
      }));
      const [result] = answer.body.results as { result: string; status: string | null }[];
      if (!result || !['applied', 'unchanged'].includes(result.result))
        calls.violate(`${said} of ${email} was ${JSON.stringify(result)}`);
      else wanted.set(email, said);
      acts.set(email, (acts.get(email) ?? 0) + 1);
    },
    check: async () => {
      const kept: [string, string][] = [];
      const events: [string, string][] = [];
      for (const email of emails) {
        const { consents, events: told } = await shown(email);
        kept.push([email, String(consents.find(({ optIn }) => optIn === OPT_IN)?.status ?? null)]);
        events.push([email, String(told.filter(({ source }) => source === 'api').length)]);
      }
      const { records } = await salesforce.connection.query<Record<string, unknown>>(
        `SELECT Email, ${optInField} FROM Contact WHERE Email LIKE '%@consent.example' LIMIT 2000`,
      );
      const inSalesforce = new Map(
        [...wanted].map(([email, said]) => [email, String(said === 'granted')] as const),
      );
      return [
        ...differences('consent', wanted, kept),
        ...differences(
          'acts of consent',
          new Map([...acts].map(([email, count]) => [email, String(count)] as const)),
          events,
        ),
        ...differences(
          'consent in Salesforce',
          inSalesforce,
          records.map(
            (record) => [String(record.Email), record[optInField] === true ? 'true' : 'false'] as const,
          ),
        ),
      ];
    },
  };
}
