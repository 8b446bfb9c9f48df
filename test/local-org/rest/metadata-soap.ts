import { strToU8, zipSync } from 'fflate';
import { KINDS } from '../deployment/components.ts';
import { deployOptions, optionsProblem } from '../deployment/deployments.ts';
import { deployResult } from '../deployment/result.ts';
import type { UserContext } from '../execution/transaction.ts';
import { makeId } from '../values/ids.ts';
import { escapeHtml } from './html.ts';
import type { OrgHost } from './host.ts';
import type { RestAnswer } from './resource.ts';
import {
  member,
  memberNode,
  memberText,
  memberTexts,
  soapAnswer,
  soapFault,
  type SoapCall,
  type SoapNode,
} from './soap.ts';

export const METADATA = 'http://soap.sforce.com/2006/04/metadata';
type Method = (host: OrgHost, parameters: SoapNode, user: UserContext, version: string) => unknown;

/** A call that the Metadata API refuses. */
class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const METHODS: Readonly<Record<string, Method>> = {
  deploy,
  checkDeployStatus,
  cancelDeploy,
  describeMetadata,
  listMetadata,
  retrieve,
  checkRetrieveStatus,
};

/** The Metadata API over SOAP, as far as deployments go. */
export function metadataSoap(host: OrgHost, call: SoapCall, user: UserContext, version: string): RestAnswer {
  const method = METHODS[call.method];
  if (!method)
    return soapFault(METADATA, 'UNKNOWN_EXCEPTION', `${call.method} is not served by the local org.`);
  try {
    return soapAnswer(METADATA, call.method, method(host, call.parameters, user, version));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return soapFault(METADATA, error.code, error.message);
  }
}

function deploy(host: OrgHost, parameters: SoapNode, user: UserContext): unknown {
  const written = memberNode(parameters, 'deployOptions');
  const tests = memberTexts(written, 'runTests');
  const parsed = deployOptions.safeParse({
    ...written,
    ...(tests.length > 0 ? { runTests: tests } : { runTests: [] }),
    ...(member(written, 'runAllTests') === 'true' ? { testLevel: 'RunAllTestsInOrg' } : {}),
  });
  if (!parsed.success) throw new Refusal('INVALID_TYPE', 'DeployOptions cannot be read');
  const problem = optionsProblem(parsed.data);
  if (problem !== null) throw new Refusal('INVALID_OPERATION', problem);
  const zip = Buffer.from(memberText(parameters, 'zipFile') ?? '', 'base64');
  const { id } = host.deployments.start(zip, parsed.data, user);
  return { done: false, id, state: 'Queued' };
}

function deploymentOf(host: OrgHost, id: string | null) {
  const deployment = host.deployments.check(id ?? '');
  if (!deployment)
    throw new Refusal('INVALID_CROSS_REFERENCE_KEY', `invalid cross reference id: ${id ?? ''}`);
  return deployment;
}

function checkDeployStatus(host: OrgHost, parameters: SoapNode): unknown {
  const deployment = deploymentOf(host, memberText(parameters, 'asyncProcessId'));
  return deployResult(deployment, memberText(parameters, 'includeDetails') === 'true');
}

function cancelDeploy(host: OrgHost, parameters: SoapNode): unknown {
  const id = memberText(parameters, 'id') ?? memberText(parameters, 'String') ?? '';
  const deployment = host.deployments.find(id);
  if (!deployment) throw new Refusal('INVALID_CROSS_REFERENCE_KEY', `invalid cross reference id: ${id}`);
  deployment.cancel();
  return { done: deployment.isDone, id: deployment.id };
}

function describeMetadata(host: OrgHost): unknown {
  return {
    metadataObjects: KINDS.map(({ type, folder, ending }) => ({
      ...(type === 'CustomObject' ? { childXmlNames: ['CustomField'] } : {}),
      directoryName: folder,
      inFolder: false,
      metaFile: type.startsWith('Apex'),
      suffix: ending,
      xmlName: type,
    })),
    organizationNamespace: '',
    partialSaveAllowed: true,
    testRequired: host.settings.isSandbox ? false : true,
  };
}

/** Full names by type, of what a deployment can hold. */
function namesOf(host: OrgHost, type: string): string[] {
  const { org } = host;
  switch (type) {
    case 'ApexClass':
    case 'ApexTrigger':
    case 'PermissionSet':
    case 'Profile':
      return [...org.store.all(type)]
        .filter((row) => row.get('isownedbyprofile') !== true)
        .map((row) => String(row.get('name')));
    case 'CustomObject':
      return [...org.schema.objects.values()].map((object) => object.name);
    case 'CustomField':
      return [...org.schema.objects.values()].flatMap((object) =>
        [...object.fields.values()]
          .filter((field) => field.custom)
          .map((field) => `${object.name}.${field.name}`),
      );
    default:
      throw new Refusal('INVALID_TYPE', `Unknown type ${type}`);
  }
}

function listMetadata(host: OrgHost, parameters: SoapNode): unknown {
  const written = member(parameters, 'queries');
  const queries: readonly unknown[] = Array.isArray(written) ? written : [written];
  return queries.flatMap((query) => {
    const type = memberText((query ?? {}) as SoapNode, 'type') ?? '';
    const kind = KINDS.find((each) => each.type === type);
    return namesOf(host, type).map((fullName) => ({
      createdById: host.org.admin.id,
      createdByName: host.org.admin.name,
      fileName: kind
        ? `${kind.folder}/${fullName}.${kind.ending}`
        : `objects/${fullName.split('.')[0] ?? ''}.object`,
      fullName,
      manageableState: 'unmanaged',
      type,
    }));
  });
}

/** Source of classes and triggers, which is what a client reads back to compare. */
function retrieve(host: OrgHost, parameters: SoapNode, _user: UserContext, version: string): unknown {
  const request = memberNode(parameters, 'retrieveRequest');
  const package_ = memberNode(
    Object.keys(request).length > 0 ? request : memberNode(parameters, 'request'),
    'unpackaged',
  );
  const written = member(package_, 'types');
  const types: readonly unknown[] = Array.isArray(written) ? written : [written];
  const files: Record<string, Uint8Array> = {};
  const problems: { fileName: string; problem: string }[] = [];
  const listed: string[] = [];
  for (const each of types) {
    const node = (each ?? {}) as SoapNode;
    const type = memberText(node, 'name') ?? '';
    const kind = KINDS.find((known) => known.type === type && type.startsWith('Apex'));
    const members = memberTexts(node, 'members').flatMap((name) =>
      name === '*' && kind ? namesOf(host, type) : [name],
    );
    listed.push(
      `<types>${members.map((name) => `<members>${escapeHtml(name)}</members>`).join('')}<name>${escapeHtml(type)}</name></types>`,
    );
    for (const name of members) {
      const source = kind ? host.org.sources.get(`${name}.${kind.ending}`.toLowerCase()) : undefined;
      if (!kind || !source) {
        const problem = `Entity of type '${type}' named '${name}' cannot be found`;
        problems.push({ fileName: 'unpackaged/package.xml', problem });
        continue;
      }
      const file = `unpackaged/${kind.folder}/${name}.${kind.ending}`;
      files[file] = strToU8(source.text);
      files[`${file}-meta.xml`] = strToU8(
        `<?xml version="1.0" encoding="UTF-8"?>\n<${type} xmlns="${METADATA}"><apiVersion>${version}</apiVersion><status>Active</status></${type}>\n`,
      );
    }
  }
  files['unpackaged/package.xml'] = strToU8(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Package xmlns="${METADATA}">${listed.join('')}<version>${version}</version></Package>\n`,
  );
  const id = makeId('09S', host.org.store.next('retrieve'));
  host.retrieved.set(id, {
    done: true,
    fileProperties: Object.keys(files).map((fileName) => ({ fileName, fullName: fileName })),
    id,
    messages: problems,
    status: 'Succeeded',
    success: true,
    zipFile: Buffer.from(zipSync(files)).toString('base64'),
  });
  return { done: false, id, state: 'Queued' };
}

function checkRetrieveStatus(host: OrgHost, parameters: SoapNode): unknown {
  const id = memberText(parameters, 'asyncProcessId') ?? memberText(parameters, 'id') ?? '';
  const found = host.retrieved.get(id);
  if (!found) throw new Refusal('INVALID_CROSS_REFERENCE_KEY', `invalid cross reference id: ${id}`);
  return found;
}
