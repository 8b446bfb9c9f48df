import { createHash } from 'node:crypto';
import { ApexBlob, type ApexDatetime } from '../values/dates.ts';
import type { ApexValue } from '../values/object.ts';
import type { Transaction } from './transaction.ts';

const TYPES: Readonly<Record<string, string>> = {
  txt: 'TEXT',
  jpg: 'JPEG',
  docx: 'WORD_X',
  xlsx: 'EXCEL_X',
  pptx: 'POWER_POINT_X',
};

/** Puts a record that the platform makes itself, without triggers. */
function put(
  { org, user }: Transaction,
  object: string,
  now: ApexDatetime,
  values: Readonly<Record<string, ApexValue>>,
): string {
  const schema = org.schema.object(object);
  if (!schema) throw new Error(`${object} is missing from the schema.`);
  const id = org.store.newId(schema);
  const system = {
    id,
    isdeleted: false,
    createddate: now,
    createdbyid: user.id,
    lastmodifieddate: now,
    lastmodifiedbyid: user.id,
    systemmodstamp: now,
  };
  org.store.put(object, id, new Map<string, ApexValue>(Object.entries({ ...values, ...system })));
  return id;
}

/** A new ContentDistribution has addresses where its file can be had. (Object Reference, ContentDistribution.) */
export function completeDistribution({ org }: Transaction, id: string, values: Map<string, ApexValue>): void {
  const address = `https://${org.organization.name.toLowerCase().replace(/\W+/g, '-')}.file.force.com/sfc/dist/version`;
  values.set('distributionpublicurl', `${address}/view/${id}`);
  values.set('contentdownloadurl', `${address}/download/?oid=${org.organization.id}&d=${id}`);
}

/**
 * A new ContentVersion: without a ContentDocumentId it is the first of a document of its own, which its owner and the
 * record it was published for are linked to; with one it becomes that document's latest.
 */
export function completeVersion(
  transaction: Transaction,
  id: string,
  values: Map<string, ApexValue>,
  now: ApexDatetime,
): void {
  const { org, user } = transaction;
  const path = String(values.get('pathonclient') ?? '');
  const extension = /\.([^./\\]+)$/.exec(path)?.[1] ?? null;
  const body = values.get('versiondata');
  values.set('title', values.get('title') ?? path.replace(/^.*[/\\]/, '').replace(/\.[^.]+$/, ''));
  values.set('fileextension', extension);
  values.set(
    'filetype',
    extension === null ? 'UNKNOWN' : (TYPES[extension.toLowerCase()] ?? extension.toUpperCase()),
  );
  if (body instanceof ApexBlob) {
    values.set('contentsize', body.bytes.length);
    values.set('checksum', createHash('md5').update(body.bytes).digest('hex'));
  }
  values.set('islatest', true);
  const documentId = values.get('contentdocumentid');
  const facts = {
    title: values.get('title') ?? null,
    fileextension: extension,
    filetype: values.get('filetype') ?? null,
    contentsize: values.get('contentsize') ?? null,
    latestpublishedversionid: id,
  };
  if (typeof documentId === 'string') {
    const earlier = org.store.findBy('ContentVersion', 'ContentDocumentId', documentId);
    for (const row of earlier)
      org.store.put('ContentVersion', String(row.get('id')), new Map(row).set('islatest', false));
    values.set('versionnumber', String(earlier.length + 1));
    const document = org.store.get('ContentDocument', documentId);
    if (document)
      org.store.put('ContentDocument', documentId, new Map([...document, ...Object.entries(facts)]));
    return;
  }
  values.set('versionnumber', '1');
  const made = put(transaction, 'ContentDocument', now, {
    ...facts,
    ownerid: values.get('ownerid') ?? user.id,
  });
  values.set('contentdocumentid', made);
  const links = [
    [values.get('ownerid') ?? user.id, 'I'] as const,
    [values.get('firstpublishlocationid') ?? null, 'V'] as const,
  ];
  for (const [linkedentityid, sharetype] of links)
    if (linkedentityid !== null)
      put(transaction, 'ContentDocumentLink', now, {
        contentdocumentid: made,
        linkedentityid,
        sharetype,
        visibility: 'AllUsers',
      });
}
