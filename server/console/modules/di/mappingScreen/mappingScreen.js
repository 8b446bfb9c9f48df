import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { describedFields, sampleRecord } from 'di/orgObjects';
import { fill, labels, wordsOf } from 'di/labels';

/** Milliseconds after the last change until the server is asked what it thinks of it. */
const JUDGED_AFTER = 300;

/**
 * A screen on which columns of a table are mapped to fields of a Salesforce object, one way or both: what is chosen from, a
 * real record to try it on, and what the server says of what is on the screen.
 */
export default class MappingScreen extends Screen {
  /** Where it is mapped: the connection's id, the object, the table's code. */
  place = null;
  table = null;
  described = null;
  sample = null;
  /** Entries of both ways, as they are on the screen; null for a way that there is not. */
  both = { mapping: null, outbound: null };
  judged = null;
  judging = null;

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.judging);
  }

  /** Looks up what can be chosen from. */
  async describe(connection, object, table) {
    const described = object ? await describedFields(connection, object, table) : null;
    const isAsked = described?.source === 'org' && this.may('rows:read');
    this.sample = isAsked ? await sampleRecord(connection, object) : null;
    this.described = described;
    this.place = { connection, object, table };
  }

  /** What is written to Salesforce as a whole, for the server to judge; a screen says what is beside the mapping. */
  get askedDefinition() {
    return null;
  }

  handleMapped(event) {
    this.edit(event.detail);
  }

  edit(both) {
    this.both = both;
    this.problem = null;
    clearTimeout(this.judging);
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- who goes on choosing is not judged at each step
    this.judging = setTimeout(() => this.judge(), JUDGED_AFTER);
  }

  async judge() {
    const { connection, object, table } = this.place;
    const { mapping } = this.both;
    const definition = this.askedDefinition;
    const asked = {
      table,
      ...(mapping?.length > 0 && { mapping }),
      ...(definition && { definition }),
      records: this.sample === null ? [] : [this.sample],
    };
    const { both } = this;
    try {
      const judged = await call(
        'POST',
        pathOf('connections', connection, 'objects', object, 'preview'),
        asked,
      );
      if (both === this.both) this.judged = judged;
    } catch {
      // What cannot be judged while it is typed is refused when it is saved, and shown then.
      this.judged = null;
    }
  }

  get columns() {
    return (this.table?.fields ?? []).filter(({ isArchived }) => !isArchived);
  }

  get columnNames() {
    return this.columns.map(({ name }) => name);
  }

  /** Of both ways: what keeps it from being saved, or from being active. */
  get faults() {
    const { fromSalesforce, toSalesforce } = this.judged ?? {};
    return [fromSalesforce?.fault, toSalesforce?.fault].filter(Boolean).map(wordsOf);
  }

  get hasFaults() {
    return this.faults.length > 0;
  }

  get misfits() {
    const { fromSalesforce, toSalesforce } = this.judged ?? {};
    return [...(fromSalesforce?.compatibility ?? []), ...(toSalesforce?.compatibility ?? [])].filter(
      ({ level }) => level === 'misfit',
    );
  }

  /** Of an object or a rule as a whole: no row has them. */
  get generalMisfits() {
    const found = this.misfits.filter(({ column }) => column === null).map(wordsOf);
    return found.length > 0 ? found : null;
  }

  /** What the server says of the sample as a whole. */
  get sampleText() {
    const { rejected = [], leftOut = [] } = this.judged?.fromSalesforce?.becomes ?? {};
    if (rejected.length > 0) return fill(labels.mapping.rejected, wordsOf(rejected[0]));
    return leftOut.length > 0 ? labels.mapping.leftOut : '';
  }
}
