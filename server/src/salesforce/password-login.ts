import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import type { SalesforceAddresses } from './addresses.ts';
import { exchange } from './exchange.ts';
import { faultOf } from './faults.ts';
import { granted, type Granted } from './grants.ts';
import { SalesforceFault } from './org.ts';

/** The last version of the API that has login(). It ends with Summer '27. (Salesforce Help 005132110) */
const VERSION = '64.0';
const PATIENCE = 30_000;
const LIMIT = 100_000;

export interface PasswordCredentials {
  readonly userName: string;
  readonly password: string;
  /** Empty where the org trusts this server's address. */
  readonly securityToken: string;
}

/** Logs in by SOAP login(). Throws SalesforceFault. */
export async function passwordLogin(
  addresses: SalesforceAddresses,
  loginOrigin: string,
  { userName, password, securityToken }: PasswordCredentials,
): Promise<Granted> {
  const answer = await exchange({
    method: 'POST',
    url: `${loginOrigin}/services/Soap/u/${VERSION}`,
    headers: { 'Content-Type': 'text/xml; charset=UTF-8', SOAPAction: '""' },
    body: envelope(userName, password + securityToken),
    timeout: PATIENCE,
    limit: LIMIT,
  });
  const parsed = answerSchema.safeParse(parser.parse(answer.text));
  if (!parsed.success)
    throw new SalesforceFault(
      answer.status >= 500 ? 'retry' : 'stop',
      'unexpected-answer',
      `The log-in was answered by something else than Salesforce (HTTP ${answer.status}).`,
    );
  const { Fault: fault, loginResponse } = parsed.data.Envelope.Body;
  if (fault) throw loginFault(fault);
  const result = loginResponse?.result;
  if (!result)
    throw new SalesforceFault('stop', 'unexpected-answer', 'The log-in was answered without a session.');
  // Salesforce lets in whose password has expired, to change it and nothing else.
  if (result.passwordExpired === 'true')
    throw faultOf('INVALID_OPERATION_WITH_EXPIRED_PASSWORD', 'The password has expired', 401);
  return granted(addresses, {
    accessToken: result.sessionId,
    refreshToken: null,
    instance: new URL(result.serverUrl).origin,
    organization: result.userInfo.organizationId,
    userId: result.userId,
  });
}

function loginFault({ faultcode, faultstring }: { faultcode: string; faultstring: string }): SalesforceFault {
  const code = faultcode.split(':').at(-1) ?? faultcode;
  // Newer orgs have it switched off, or ask for a permission of its own.
  if (/login\(\)|Use Any API Auth|not supported/i.test(faultstring))
    return new SalesforceFault(
      'stop',
      code,
      `The org does not allow log-in by password for API clients. Authorize in the browser, or let an administrator allow SOAP API login() in Setup and give the user the permission Use Any API Auth. (Salesforce: ${faultstring.slice(0, 500)})`,
    );
  return faultOf(code, faultstring.replace(new RegExp(`^${code}:\\s*`), ''), 401);
}

const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, processEntities: true });

function envelope(userName: string, password: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>
<login xmlns="urn:partner.soap.sforce.com"><username>${escaped(userName)}</username><password>${escaped(password)}</password></login>
</env:Body></env:Envelope>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '');
}

const answerSchema = z.object({
  Envelope: z.object({
    Body: z.object({
      Fault: z.object({ faultcode: z.string(), faultstring: z.string() }).optional(),
      loginResponse: z
        .object({
          result: z.object({
            serverUrl: z.url(),
            sessionId: z.string().min(1),
            userId: z.string(),
            passwordExpired: z.string().optional(),
            userInfo: z.object({ organizationId: z.string() }),
          }),
        })
        .optional(),
    }),
  }),
});
