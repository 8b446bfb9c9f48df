import { Problem } from '../../http/problem.ts';
import type { FoundFile } from './import-settings.ts';
import { inspectHead, type FileHead } from './inspect-head.ts';

/** What became of an inspection: an error would lose what it is on its way between threads. */
export type Inspected =
  { readonly found: FoundFile } | { readonly refused: { readonly code: string; readonly detail: string } };

/** What a thread beside the one that answers does with the beginning of a file. */
export default async function inspect({ bytes, ...head }: FileHead): Promise<Inspected> {
  try {
    return { found: await inspectHead({ ...head, ...asBuffers({ bytes, as: head.as }) }) };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 422) throw error;
    return { refused: { code: error.code, detail: error.message } };
  }
}

/** Between threads a Buffer becomes an array of bytes. */
function asBuffers({ bytes, as }: Pick<FileHead, 'bytes' | 'as'>): Pick<FileHead, 'bytes' | 'as'> {
  const buffer = (array: Uint8Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  if ('format' in as) return { bytes: buffer(bytes), as };
  const { start, sample } = as.survey;
  return {
    bytes: buffer(bytes),
    as: { survey: { ...as.survey, start: buffer(start), sample: buffer(sample) } },
  };
}
