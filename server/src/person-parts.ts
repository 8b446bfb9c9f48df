import type { ConsentKeys } from './consent/consent-keys.ts';
import type { PersonPart } from './people/person.ts';
import { personBatches } from './inbound/batches/person-batches.ts';
import { personConflicts } from './inbound/batches/person-conflicts.ts';
import { personConsent } from './consent/person-consent.ts';
import { personDeliveries } from './outbound/deliveries/person-deliveries.ts';
import { personDifferences } from './outbound/comparisons/person-differences.ts';
import { personImports } from './inbound/files/person-imports.ts';
import { personRivals } from './records/person-rivals.ts';
import { personRows } from './inbound/rows/person-rows.ts';
import { personWrites } from './outbound/actions/person-writes.ts';

/** Where something of a person is held, in the order in which it is erased: rows first, who the person is last. */
export function personParts(keys: ConsentKeys): readonly PersonPart[] {
  return [
    personRows,
    personRivals,
    personDeliveries,
    personBatches,
    personConflicts,
    personDifferences,
    personImports,
    personWrites,
    personConsent(keys),
  ];
}
