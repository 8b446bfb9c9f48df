import { answered, type Outcome } from '../../http/threads.ts';
import type { FoundFile } from './import-settings.ts';
import { inspectHead, type FileHead } from './inspect-head.ts';

/** What a thread beside the one that answers does with the beginning of a file. */
export default function inspect({ bytes, ...head }: FileHead): Promise<Outcome<FoundFile>> {
  return answered(() => inspectHead({ ...head, ...asBuffers({ bytes, as: head.as }) }));
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
