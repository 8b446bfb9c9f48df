import { LightningElement, api } from 'lwc';
import { formatMoment, formatRelative, formatValue } from 'di/format';
import { fill, labels } from 'di/labels';
import { goToRow } from 'di/route';

/** What belongs to a row: its records in Salesforce, rows of the same person, what they agreed to, and conflicts. */
export default class RowFacts extends LightningElement {
  labels = labels;
  /** What the API knows of the row: `{ records, rivals, others, isWhole, conflicts, consents, acts }`. */
  @api known;
  @api project;

  get isRecordless() {
    return this.known.records.length === 0;
  }

  get records() {
    return this.known.records.map(({ id, link, object, connection, isSource, isGone, linkedAt }) => ({
      ...{ id, link },
      text: [
        object,
        connection,
        isSource && labels.record.isSource,
        isGone && labels.record.isGone,
        linkedAt && fill(labels.record.linkedAt, formatMoment(linkedAt)),
      ]
        .filter(Boolean)
        .join(' · '),
    }));
  }

  get hasRivals() {
    return this.known.rivals.length > 0;
  }

  get rivals() {
    return this.known.rivals.map(({ id, link, version, isConverted }) => ({
      ...{ id, link },
      text: [fill(labels.record.version, formatMoment(version)), isConverted && labels.record.isConverted]
        .filter(Boolean)
        .join(' · '),
    }));
  }

  get isAlone() {
    return this.known.others.length === 0;
  }

  get isCut() {
    return !this.known.isWhole;
  }

  get others() {
    return this.known.others.map(({ table, key, name, address, isArchived }, index) => {
      const keyText = Object.values(key).join(', ');
      const parts = [
        name === null ? address : `${table} ${keyText}`,
        name !== null && address !== keyText && address,
        isArchived && labels.projects.archived,
      ];
      return {
        index,
        id: `${table} ${keyText}`,
        title: name ?? `${table} ${keyText}`,
        text: parts.filter(Boolean).join(' · '),
      };
    });
  }

  get hasConsents() {
    return this.known.consents.length > 0;
  }

  /** Each with the act that made it what it is, which is its proof. */
  get consents() {
    return this.known.consents.map(({ optIn, status, changedAt, pendingUntil }) => {
      const act = madeBy(this.known.acts, optIn, status);
      return {
        optIn,
        state: labels.consent.statuses[status ?? 'never'],
        since: pendingUntil
          ? fill(labels.record.confirmUntil, formatMoment(pendingUntil))
          : changedAt && `${formatMoment(changedAt)} (${formatRelative(changedAt)})`,
        proof: act && proofText(act),
      };
    });
  }

  get hasConflicts() {
    return this.known.conflicts.length > 0;
  }

  get conflicts() {
    return this.known.conflicts.map(
      ({ id, at, column, winner, rule, base, projectValue, salesforceValue }) => ({
        ...{ id, column },
        values: fill(
          labels.record.conflictValues[winner],
          formatValue(projectValue) || '—',
          formatValue(salesforceValue) || '—',
        ),
        text: fill(
          labels.record.conflictRule,
          labels.record.rules[rule] ?? rule,
          formatMoment(at),
          formatValue(base) || '—',
        ),
      }),
    );
  }

  handleOther(event) {
    const { table, key, recordId } = this.known.others[Number(event.currentTarget.dataset.index)];
    goToRow(this.project, table, key, recordId);
  }
}

/** The act that made a consent what it is: the last that changed it to that, or the last that says so. */
function madeBy(acts, optIn, status) {
  const saying = acts.filter((each) => each.optIn === optIn && each.status === status);
  return saying.findLast(({ previous }) => previous !== status) ?? saying.at(-1);
}

function proofText({ source, actor, reference, proof, note }) {
  const members = Object.entries(proof ?? {}).map(([name, value]) => `${name}: ${formatValue(value)}`);
  return fill(
    labels.record.proof,
    [source, actor.name, reference, ...members, note].filter(Boolean).join(', '),
  );
}
