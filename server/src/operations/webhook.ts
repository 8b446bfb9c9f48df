import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress, lookupPublic, PrivateAddress } from './public-addresses.ts';
import { Undeliverable } from '../mail/undeliverable.ts';

/** Milliseconds for the whole call. */
const PATIENCE = 10_000;

export interface WebhookCall {
  readonly url: string;
  readonly secret: string;
  /** Of the alert: the same again means that nobody knew whether the first one arrived. */
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is wrong with an address as a webhook; null where nothing is. */
export function webhookFault(address: string, privateHosts: readonly string[]): string | null {
  if (!URL.canParse(address)) return 'the address of a webhook is a URL';
  const url = new URL(address);
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    return 'the address of a webhook has neither a user nor a fragment';
  if (isAllowed(url, privateHosts)) return null;
  if (url.protocol !== 'https:') return 'a webhook is called over https';
  const host = literalOf(url);
  return isIP(host) !== 0 && !isPublicAddress(host)
    ? 'the address of a webhook is one of the internet'
    : null;
}

/**
 * Posts an alert as JSON, signed: `DI-Signature: t=<seconds>,v1=<hex>`, where v1 is the HMAC-SHA-256 of `<seconds>.<body>`
 * with the channel's secret. Redirects are not followed, and of the answer only its status counts.
 *
 * @throws Undeliverable with the reason
 */
export async function callWebhook(call: WebhookCall, privateHosts: readonly string[]): Promise<void> {
  const fault = webhookFault(call.url, privateHosts);
  if (fault !== null) throw new Undeliverable(`Not called: ${fault}.`, true);
  const status = await post(new URL(call.url), signed(call), privateHosts);
  if (status < 200 || status > 299)
    throw new Undeliverable(
      status >= 300 && status < 400
        ? `The webhook answered ${status}: redirects are not followed, give the address that it leads to.`
        : `The webhook answered ${status}.`,
    );
}

interface SignedCall {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function signed({ id, body, secret }: WebhookCall): SignedCall {
  const text = JSON.stringify(body);
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex');
  return {
    body: text,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'DI-Connect',
      'DI-Alert-Id': id,
      'DI-Signature': `t=${seconds},v1=${signature}`,
    },
  };
}

/** Answers the status. What the answer says is never read: it would be an eye into somebody's network. */
function post(url: URL, call: SignedCall, privateHosts: readonly string[]): Promise<number> {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  const guard = isAllowed(url, privateHosts) ? {} : { lookup: lookupPublic };
  return new Promise((resolve, reject) => {
    const asked = start(url, {
      method: 'POST',
      headers: call.headers,
      agent: false,
      signal: AbortSignal.timeout(PATIENCE),
      ...guard,
    });
    asked.once('response', (answer) => {
      resolve(answer.statusCode ?? 0);
      answer.destroy();
    });
    // Not only the first: a socket may break again when the answer is in.
    asked.on('error', (error) => {
      reject(unreachable(error));
    });
    asked.end(call.body);
  });
}

function unreachable(error: Error): Undeliverable {
  if (error instanceof PrivateAddress) return new Undeliverable(`Not called: ${error.message}`);
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return new Undeliverable(`The webhook did not answer in ${PATIENCE / 1000} seconds.`);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return new Undeliverable(`The webhook could not be reached (${code}).`);
}

function isAllowed(url: URL, privateHosts: readonly string[]): boolean {
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  return isHttp && (privateHosts.includes(url.host) || privateHosts.includes(url.hostname));
}

/** The host as an address, where it is one: an IPv6 address stands in brackets. */
function literalOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
