import { deployOptions, optionsProblem } from '../deployment/deployments.ts';
import { deployResult } from '../deployment/result.ts';
import { RestError } from './json-records.ts';
import type { ResourceContext, RestAnswer, RestRequest } from './resource.ts';

/** POST /metadata/deployRequest: a form of the options, as JSON, and the zip. */
export function deploy({ request }: ResourceContext): RestAnswer {
  const { json, zip } = formOf(request);
  const parsed = deployOptions.safeParse((json as { deployOptions?: unknown } | null)?.deployOptions ?? {});
  if (!parsed.success) throw new RestError(400, 'JSON_PARSER_ERROR', 'deployOptions cannot be read');
  const problem = optionsProblem(parsed.data);
  if (problem !== null) throw new RestError(400, 'INVALID_OPERATION', problem);
  const { host, user } = request;
  const deployment = host.deployments.start(zip, parsed.data, user);
  const { id } = deployment;
  const result = deployResult(deployment, false);
  return {
    status: 201,
    body: {
      id,
      validatedDeployRequestId: null,
      deployOptions: parsed.data,
      deployResult: result,
    },
  };
}

/** GET /metadata/deployRequest/<id>. */
export function deployStatus({ request, parts }: ResourceContext): RestAnswer {
  const deployment = request.host.deployments.check(parts[0] ?? '');
  if (!deployment) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const includeDetails = request.query.get('includeDetails') === 'true';
  return {
    status: 200,
    body: { id: deployment.id, deployResult: deployResult(deployment, includeDetails) },
  };
}

/** PATCH /metadata/deployRequest/<id>: takes a deployment back that has not ended. */
export function cancelDeploy({ request, parts }: ResourceContext): RestAnswer {
  const deployment = request.host.deployments.find(parts[0] ?? '');
  if (!deployment) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  deployment.cancel();
  return { status: 202, body: { id: deployment.id, deployResult: deployResult(deployment, false) } };
}

function formOf(request: RestRequest): { json: unknown; zip: Uint8Array } {
  const parts = formParts(request);
  const json = parts.find((part) => part.type.includes('application/json') || part.name === 'json');
  const zip = parts.find((part) => part.type.includes('zip') || part.name === 'file');
  if (!json || !zip)
    throw new RestError(400, 'INVALID_MULTIPART_REQUEST', 'A part with JSON and one with a zip are expected');
  try {
    return { json: JSON.parse(json.content.toString('utf8')), zip: zip.content };
  } catch {
    throw new RestError(400, 'JSON_PARSER_ERROR', 'deployOptions is not JSON');
  }
}

interface FormPart {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** The parts of multipart/form-data (RFC 7578). */
function formParts({ bytes, headers }: RestRequest): FormPart[] {
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined)
    throw new RestError(415, 'UNSUPPORTED_MEDIA_TYPE', 'multipart/form-data is expected');
  const mark = Buffer.from(`--${boundary}`);
  const parts: FormPart[] = [];
  for (let start = bytes.indexOf(mark); start >= 0;) {
    const next = bytes.indexOf(mark, start + mark.length);
    if (next < 0) break;
    const part = bytes.subarray(start + mark.length + 2, next - 2);
    const split = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, Math.max(0, split)).toString('utf8');
    parts.push({
      name: /name="([^"]*)"/.exec(head)?.[1] ?? '',
      type: /content-type:\s*(\S+)/i.exec(head)?.[1]?.toLowerCase() ?? '',
      content: part.subarray(split + 4),
    });
    start = next;
  }
  return parts;
}
