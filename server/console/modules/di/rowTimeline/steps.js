// The steps of a row's history, from whatever keeps them.

import { consentEventText, formatNumber, formatValue } from 'di/format';
import { fill, labels } from 'di/labels';

/** All of them, the latest first. */
export function stepsOf({ history, deliveries, conflicts, records, rivals, acts }) {
  const steps = [
    ...history.map(batchStep),
    // The ledger tells the oldest first, and of acts of one moment which was later.
    ...[...acts].reverse().map(consentStep),
    ...deliveries.map(deliveryStep),
    ...conflicts.map(conflictStep),
    ...records.filter(({ linkedAt }) => linkedAt !== null).map(linkStep),
    ...rivals.map(rivalStep),
  ];
  return steps.sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

function batchStep({ at, object, batch, operation, outcome, message, counts }, index) {
  const isTaken = outcome === 'taken';
  return {
    ...{ at, message, key: `batch ${batch} ${index}`, kind: 'batch' },
    what: fill(labels.record.operations[operation], object ?? ''),
    way: labels.record.ways.in,
    word: labels.record.outcomes[outcome],
    icon: isTaken ? 'utility:download' : 'utility:error',
    variant: isTaken ? null : 'error',
    detail: fill(
      labels.record.counts,
      batch,
      formatNumber(counts.applied + counts.archived + counts.deleted),
      formatNumber(counts.unchanged + counts.stale),
      formatNumber(counts.rejected),
    ),
  };
}

function consentStep(event) {
  const { id, occurredAt, optIn, source, actor, reference } = event;
  return {
    ...{ at: occurredAt, message: null, key: `consent ${id}`, kind: 'consent' },
    what: `${optIn}: ${consentEventText(event)}`,
    way: labels.consent.title,
    word: labels.consent.title,
    icon: 'utility:user',
    variant: null,
    detail: [source, actor.name, reference].filter(Boolean).join(', '),
  };
}

function deliveryStep({ id, name, state, changedAt, message }) {
  const isDead = state === 'dead';
  return {
    ...{ at: changedAt, message, key: `delivery ${id}`, kind: 'delivery' },
    what: fill(isDead ? labels.record.givenUp : labels.record.onItsWay, name),
    way: labels.record.ways.out,
    word: labels.deliveries.states[state],
    icon: isDead ? 'utility:error' : 'utility:upload',
    variant: isDead ? 'error' : null,
    detail: '',
  };
}

function conflictStep({ id, at, column, winner, projectValue, salesforceValue }) {
  return {
    ...{ at, message: null, key: `conflict ${id}`, kind: 'conflict' },
    what: fill(labels.record.conflictOf, column),
    way: labels.record.ways.both,
    word: labels.record.conflicts,
    icon: 'utility:warning',
    variant: 'warning',
    detail: fill(
      labels.record.conflictValues[winner],
      formatValue(projectValue) || '—',
      formatValue(salesforceValue) || '—',
    ),
  };
}

function linkStep({ id, object, connection, linkedAt }) {
  return {
    ...{ at: linkedAt, message: null, key: `link ${id}`, kind: 'link' },
    what: fill(labels.record.linked, object ?? ''),
    way: labels.record.ways.out,
    word: labels.record.records,
    icon: 'utility:link',
    variant: null,
    detail: [id, connection].filter(Boolean).join(', '),
  };
}

function rivalStep({ id, seenAt }) {
  return {
    ...{ at: seenAt, message: null, key: `rival ${id}`, kind: 'rival' },
    what: fill(labels.record.rivalSeen, id),
    way: labels.record.ways.in,
    word: labels.record.rivals,
    icon: 'utility:merge',
    variant: null,
    detail: '',
  };
}
