import { SalesforceFault } from './org.ts';

/** One request to Salesforce. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  /** Milliseconds for all of it, the answer's body included. */
  readonly timeout?: number;
  /** Bytes of the answer. */
  readonly limit?: number;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Salesforce ends a REST call after two minutes by itself. */
const PATIENCE = 150_000;
const USUAL_LIMIT = 50_000_000;

/**
 * Sends a request and reads its answer, whatever its status. Nothing is repeated, no redirect is followed: an address was
 * checked, the one that it would lead to was not. Throws SalesforceFault where no answer came.
 */
export async function exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
  const { host } = new URL(request.url);
  const signal = AbortSignal.timeout(request.timeout ?? PATIENCE);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { 'User-Agent': 'DI-Connect', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal,
    });
    if (response.status > 300 && response.status < 400 && response.headers.has('location')) {
      await response.body?.cancel();
      throw new SalesforceFault(
        'stop',
        'redirected',
        `${host} redirected the request. Authorize again with the address that Setup, My Domain shows.`,
      );
    }
    const text = await boundedText(response, request.limit ?? USUAL_LIMIT, host);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (error instanceof SalesforceFault) throw error;
    throw signal.aborted
      ? new SalesforceFault('retry', 'timeout', `${host} did not answer in time.`)
      : new SalesforceFault('retry', 'unreachable', `${host} could not be reached (${reason(error)}).`);
  }
}

async function boundedText(response: Response, limit: number, host: string): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body) {
    const bytes: Uint8Array = chunk;
    size += bytes.byteLength;
    // Leaving the loop cancels the rest of the body.
    if (size > limit)
      throw new SalesforceFault(
        'give-up',
        'answer-too-large',
        `The answer of ${host} is over ${limit} bytes.`,
      );
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

/** The system's code alone: messages of the network may carry what was sent. */
function reason(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string')
    return cause.code;
  return 'the connection broke';
}
