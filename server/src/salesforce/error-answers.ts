import { z } from 'zod';
import { parseExactly } from '../values/exact-numbers.ts';

/** An answer that says that a call was refused. */
export interface RefusedAnswer {
  readonly status: number;
  readonly text: string;
}

/** Characters of a reason that is not Salesforce's own. */
const MAX_REASON = 300;

const error = z.object({ errorCode: z.string(), message: z.string().catch('') });
const ofSalesforce = z.union([z.tuple([error]).rest(z.unknown()), error]);
const ofOAuth = z.object({ error: z.string(), error_description: z.string().optional() });
const ofOthers = z.object({ message: z.string() });

/** The code and reason of a refused call. What is not an error of the API is named by its status, and keeps its reason. */
export function errorOf({ status, text }: RefusedAnswer): { code: string; message: string } {
  const body = parsedJson(text);
  const known = ofSalesforce.safeParse(body);
  if (known.success) {
    const { errorCode, message } = Array.isArray(known.data) ? known.data[0] : known.data;
    return { code: errorCode, message };
  }
  return {
    code: `HTTP_${status}`,
    message: `Salesforce answered HTTP ${status}${reasonIn(body, text)}.`,
  };
}

function reasonIn(body: unknown, text: string): string {
  const oauth = ofOAuth.safeParse(body).data;
  const reason =
    oauth === undefined
      ? (ofOthers.safeParse(body).data?.message ?? reasonOfPage(text) ?? (body === null ? text : ''))
      : [oauth.error, oauth.error_description].filter((part) => part !== undefined).join(', ');
  const short = reason.replace(/\s+/g, ' ').trim().slice(0, MAX_REASON).replace(/\.$/, '');
  return short === '' ? '' : `: ${short}`;
}

/** What a page for people says; null for any other text. */
export function reasonOfPage(text: string): string | null {
  if (!/^\s*(?:<!doctype html|<html)\b/i.test(text.slice(0, 1000))) return null;
  const visible = text
    .slice(0, 20_000)
    .replace(/<(script|style|title)\b[^>]*>[^<]*<\/\1>/gi, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return visible.slice(0, MAX_REASON) || 'a page without text';
}

/** The value of a JSON text; null where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return null;
  }
}
