import type { OrgHost } from './host.ts';
import type { IncomingCall } from './incoming-call.ts';
import { asRestError, RestError } from './json-records.ts';
import { METADATA } from './metadata-soap.ts';
import { PARTNER } from './partner-soap.ts';
import type { RestAnswer } from './resource.ts';
import { soapCall, soapFault } from './soap.ts';

export const isSoap = (path: string): boolean => path.startsWith('/services/Soap/');

/** A failure as a SOAP client reads it. Where the server is not reached at all, it gets no envelope. */
export function soapProblem(host: OrgHost, path: string, error: unknown): RestAnswer {
  const { status, code, message } = asRestError(error);
  if (!(error instanceof RestError)) host.org.log(String(error));
  if (status === 503) return { status, type: 'text/html', body: message };
  return soapFault(path.includes('/Soap/m/') ? METADATA : PARTNER, code, message);
}

/** The session in the header of an envelope, or null. */
export function soapSession({ url, text }: IncomingCall): string | null {
  return isSoap(url.pathname) ? soapCall(text).session : null;
}
