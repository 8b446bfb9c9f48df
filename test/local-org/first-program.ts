import type { MetadataError } from './database/metadata-xml.ts';
import type { LoadedSchema } from './database/loaded-schema.ts';
import type { CompiledProgram, Lenience } from './language/program.ts';

/** An org's first program, unless it or the metadata is wrong beyond what the lenience lets pass: then everything at once. */
export function firstProgram(
  compiled: () => CompiledProgram,
  problems: readonly MetadataError[],
  lenience: Lenience,
): CompiledProgram {
  const program = ((): CompiledProgram | AggregateError => {
    try {
      return compiled();
    } catch (error) {
      if (error instanceof AggregateError) return error;
      throw error;
    }
  })();
  const isFatal = problems.some(
    (each) => lenience === 'none' || (lenience === 'unsupported' && !each.isUnsupported),
  );
  if (!isFatal && !(program instanceof AggregateError)) return program;
  const all = [...problems, ...(program instanceof AggregateError ? (program.errors as Error[]) : [])];
  throw new AggregateError(all, all.map((each) => each.message).join('\n'));
}

/** What of the source means something that the org does not do, and runs all the same. */
export function warningsOf({ sharedByRules }: LoadedSchema): readonly string[] {
  if (sharedByRules.size === 0) return [];
  return [
    `Sharing rules are not applied: records of ${[...sharedByRules].join(', ')} are seen by their owners, by those above them and by those they are shared with by hand.`,
  ];
}
