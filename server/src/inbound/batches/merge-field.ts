/** Who wins where both sides have changed a field. */
export const CONFLICT_RULES = ['newest', 'salesforce', 'project'] as const;
export type ConflictRule = (typeof CONFLICT_RULES)[number];

export const SIDES = ['project', 'salesforce'] as const;
export type Side = (typeof SIDES)[number];

/** A field that waits to be sent, beside what its record says. */
export interface ContestedField {
  /** The project's value is what both sides had before. */
  readonly isOursBase: boolean;
  /** Salesforce's value is what both sides had before. */
  readonly isTheirsBase: boolean;
  /** Both say the same. */
  readonly isAgreed: boolean;
  /** The project's change is later than the record's version, as far as moments of whole seconds can tell. */
  readonly isOursNewer: boolean;
  readonly rule: ConflictRule;
  /** Salesforce's value is what became of an earlier one of the project's. */
  readonly isOwnWrite: boolean;
  /** A side fills the other one only where that has no value. */
  readonly onlyWhenEmpty?: FillRules;
}

export interface FillRules {
  /** Salesforce's value fills the column only where the row has none. */
  readonly incoming: boolean;
  /** The row's value fills the field only where the record has none. */
  readonly outgoing: boolean;
  readonly isOursEmpty: boolean;
  readonly isTheirsEmpty: boolean;
}

/** What becomes of it. */
export interface MergedField {
  /** Whose value the row has afterwards. */
  readonly winner: Side;
  /** Both sides had changed it, to different values. */
  readonly isConflict: boolean;
}

/**
 * A three-way merge: a side that has changed nothing since both agreed gives way. Where both have, the rule decides;
 * SystemModstamp is the record's and not the field's, so that Salesforce wins where it cannot tell.
 */
export function mergeField(field: ContestedField): MergedField {
  if (field.isAgreed || field.isOursBase) return { winner: 'salesforce', isConflict: false };
  const filling = field.onlyWhenEmpty && fillerOf(field.onlyWhenEmpty);
  if (filling) return { winner: filling, isConflict: false };
  if (field.isTheirsBase || field.isOwnWrite) return { winner: 'project', isConflict: false };
  if (field.onlyWhenEmpty?.incoming === true) return { winner: 'salesforce', isConflict: false };
  return { winner: winnerOf(field), isConflict: true };
}

/** Whose value stays where one side only fills what the other has not; null where the rules say nothing of these values. */
function fillerOf({ incoming, outgoing, isOursEmpty, isTheirsEmpty }: FillRules): Side | null {
  if (outgoing) return isTheirsEmpty ? 'project' : 'salesforce';
  return incoming && !isOursEmpty ? 'project' : null;
}

function winnerOf({ rule, isOursNewer }: ContestedField): Side {
  if (rule === 'newest') return isOursNewer ? 'project' : 'salesforce';
  return rule;
}
