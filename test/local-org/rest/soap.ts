import { XMLParser } from 'fast-xml-parser';
import { escapeHtml } from './html.ts';
import { RestError } from './json-records.ts';
import type { RestAnswer } from './resource.ts';

/** A SOAP call: the method's name, what it was given, the session in its header. */
export interface SoapCall {
  readonly method: string;
  readonly parameters: SoapNode;
  readonly session: string | null;
}

export type SoapNode = Readonly<Record<string, unknown>>;

const parser = new XMLParser({ removeNSPrefix: true, ignoreAttributes: true, parseTagValue: false });
const isNode = (value: unknown): value is SoapNode => typeof value === 'object' && value !== null;

/** A member of a node whatever the case of its name: clients differ in it. */
export function member(node: SoapNode, name: string): unknown {
  const key = Object.keys(node).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : node[key];
}

export function memberText(node: SoapNode, name: string): string | null {
  const value = member(node, name);
  return typeof value === 'string' ? value : null;
}

export function memberNode(node: SoapNode, name: string): SoapNode {
  const value = member(node, name);
  return isNode(value) ? value : {};
}

/** Every occurrence of an element that may be repeated. */
export function memberTexts(node: SoapNode, name: string): string[] {
  const value = member(node, name);
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each): each is string => typeof each === 'string' && each !== '');
}

/** Reads an envelope. Throws RestError where the body is none. */
export function soapCall(body: string): SoapCall {
  const fail = (): never => {
    throw new RestError(500, 'UNKNOWN_EXCEPTION', 'The request is not a SOAP envelope.');
  };
  let read: unknown;
  try {
    read = parser.parse(body);
  } catch {
    fail();
  }
  const envelope = isNode(read) ? memberNode(read, 'Envelope') : {};
  const content = memberNode(envelope, 'Body');
  const method = Object.keys(content)[0] ?? fail();
  const session = memberText(memberNode(memberNode(envelope, 'Header'), 'SessionHeader'), 'sessionId');
  return { method, parameters: memberNode(content, method), session };
}

const TYPE = 'text/xml;charset=UTF-8';

function envelope(namespace: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="${namespace}" xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
}

export function soapAnswer(namespace: string, method: string, result: unknown): RestAnswer {
  const body = envelope(namespace, `<${method}Response>${element('result', result)}</${method}Response>`);
  return { status: 200, type: TYPE, body };
}

/** A fault: `sf:INVALID_LOGIN` with the code before its message, as Salesforce words it. */
export function soapFault(namespace: string, code: string, message: string): RestAnswer {
  const text = escapeHtml(`${code}: ${message}`);
  const body = envelope(
    namespace,
    `<soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${text}</faultstring></soapenv:Fault>`,
  );
  return { status: 500, type: TYPE, body };
}

/** A value as elements: lists repeat their element, null and undefined are left out. */
function element(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((each) => element(name, each)).join('');
  if (isNode(value)) {
    const inside = Object.entries(value).map(([key, each]) => element(key, each));
    return `<${name}>${inside.join('')}</${name}>`;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `<${name}>${escapeHtml(text)}</${name}>`;
}
