import { PROJECT } from '../../../scripts/demo/set-up.ts';
import { OPT_IN } from '../../../scripts/demo/way-back.ts';
import { differences, uniqueName, type Ground, type Load } from '../load.ts';

const PEOPLE = 25;

/** People who say yes and no, whose word goes to a field in Salesforce. */
export async function consent(ground: Ground, optInField: string): Promise<Load> {
  const { calls, di, salesforce, adminToken: token } = ground;
  const emails = Array.from({ length: PEOPLE }, (_, number) => `person${number}@consent.example`);
  await salesforce.createAll(
    'Contact',
    emails.map((Email) => ({ LastName: 'Person', Email })),
  );
  const wanted = new Map(emails.map((email) => [email, 'null']));
  const status = async (email: string): Promise<string> => {
    const key = encodeURIComponent(JSON.stringify({ email }));
    const shown = await di.call<{ consents: { optIn: string; status: string | null }[] }>(
      'GET',
      `/v1/admin/projects/${PROJECT}/consent/contact?key=${key}`,
    );
    return String(shown.consents.find(({ optIn }) => optIn === OPT_IN)?.status ?? null);
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
    },
    check: async () => {
      const kept: [string, string][] = [];
      for (const email of emails) kept.push([email, await status(email)]);
      const { records } = await salesforce.connection.query<Record<string, unknown>>(
        `SELECT Email, ${optInField} FROM Contact WHERE Email LIKE '%@consent.example' LIMIT 2000`,
      );
      const inSalesforce = new Map(
        [...wanted].map(([email, said]) => [email, String(said === 'granted')] as const),
      );
      return [
        ...differences('consent', wanted, kept),
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
