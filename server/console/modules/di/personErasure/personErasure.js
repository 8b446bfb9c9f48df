import { api } from 'lwc';
import { Form } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { formatMoment, formatNumber } from 'di/format';

/**
 * What is held of somebody, by place; the export; and the erasure, which is tried first and asked for by writing whom it
 * concerns.
 *
 * @fires PersonErasure#erased
 */
export default class PersonErasure extends Form {
  @api project;
  /** What an erasure would do, or has done. */
  plan = null;
  isErased = false;
  typed = '';
  #meant = null;

  /** Who is meant, as the API takes it, with the contacts and rows of other tables that were found. */
  @api
  get meant() {
    return this.#meant;
  }
  set meant(value) {
    this.#meant = value;
    this.plan = null;
    this.isErased = false;
    this.typed = '';
    this.draft = {};
    this.problem = null;
    // The project's name may be set after this.
    Promise.resolve().then(this.tryOut);
  }

  get request() {
    return { ...this.meant.who, ...(this.tables.length > 0 ? { otherTables: this.fates } : {}) };
  }

  get fates() {
    return Object.fromEntries(Object.entries(this.draft).filter(([, fate]) => fate !== ''));
  }

  tryOut = async () => {
    if (!this.may('persons:erase') || this.isBusy) return;
    await this.attempt(async () => {
      let tried;
      do {
        tried = this.request;
        // eslint-disable-next-line no-await-in-loop -- what is chosen meanwhile is tried after it
        this.plan = await call('POST', pathOf('projects', this.project, 'persons', 'erase'), {
          ...tried,
          dryRun: true,
        });
      } while (JSON.stringify(tried) !== JSON.stringify(this.request));
    });
  };

  get name() {
    const [contact] = this.meant.contacts;
    if (this.meant.who.email !== undefined) return this.meant.who.email.trim();
    return contact ? Object.values(contact.key).join(', ') : '';
  }

  get heading() {
    return fill(this.isErased ? labels.persons.erased : labels.persons.held, this.name);
  }

  get tables() {
    return this.meant.otherRows.map(({ table, columns, rows }) => ({
      code: table,
      label: fill(labels.persons.otherRows, table, formatNumber(rows), columns.join(', ')),
      fate: this.draft[table] ?? '',
    }));
  }

  get hasTables() {
    return this.isErasable && this.tables.length > 0;
  }

  get fateOptions() {
    return [{ value: '', label: labels.persons.undecided }, ...optionsOf(labels.persons.fates)];
  }

  get places() {
    return (this.plan?.erased ?? []).map(({ place, table, count }) => ({
      id: `${place} ${table}`,
      text: placeText(place, table),
      count: formatNumber(count),
    }));
  }

  get kept() {
    return (this.plan?.kept ?? []).map(({ place, table, count, code, reason }) => ({
      id: `${place} ${table}`,
      text: placeText(place, table),
      count: formatNumber(count),
      reason: labels.persons.reasons[code] ?? reason,
    }));
  }

  get ways() {
    return (this.plan?.mayBringBack ?? []).map(({ connection, name, object, by }) => ({
      id: `${connection} ${object}`,
      text: fill(labels.persons.ways[by], name, object),
    }));
  }

  get earlier() {
    return (this.plan?.erasures ?? this.meant.erasures).map(({ id, erasedAt, actor }) => ({
      id,
      text: fill(labels.persons.erasedBy, formatMoment(erasedAt), actor.name),
    }));
  }

  get hasPlaces() {
    return this.places.length > 0;
  }

  get hasKept() {
    return this.kept.length > 0;
  }

  get hasWays() {
    return this.hasPlaces && this.ways.length > 0;
  }

  get hasEarlier() {
    return this.earlier.length > 0;
  }

  get isNothingHeld() {
    return this.plan !== null && !this.hasPlaces && this.kept.length === 0;
  }

  get isExportable() {
    return !this.isErased && !this.isNothingHeld;
  }

  get isErasable() {
    return this.may('persons:erase') && !this.isErased && (this.hasPlaces || this.kept.length > 0);
  }

  get typeLabel() {
    return fill(labels.persons.typeToConfirm, this.name);
  }

  get isUnconfirmed() {
    const isDecided = this.tables.every(({ fate }) => fate !== '');
    return (
      this.isBusy ||
      !isDecided ||
      !this.hasPlaces ||
      this.typed.trim().toLowerCase() !== this.name.toLowerCase()
    );
  }

  async handleFate(event) {
    this.handleDraft(event);
    await this.tryOut();
  }

  handleTyped(event) {
    this.typed = event.detail.value;
  }

  async handleExport() {
    await this.attempt(async () => {
      // Whoever is listed is meant: several of an address were told apart before.
      const found = await call('POST', pathOf('projects', this.project, 'persons', 'export'), this.meant.who);
      saveFile(`${this.project}-person.json`, JSON.stringify(found, null, 2));
    }, labels.persons.exported);
  }

  async handleErase(event) {
    event.preventDefault();
    if (this.isUnconfirmed) return;
    const isDone = await this.attempt(async () => {
      this.plan = await call('POST', pathOf('projects', this.project, 'persons', 'erase'), this.request);
      this.isErased = true;
    }, labels.persons.done);
    if (isDone) this.dispatchEvent(new CustomEvent('erased'));
  }
}

function placeText(place, table) {
  return fill(labels.persons.places[place] ?? place, table);
}

/** Lets the browser save a text as a file; nothing of it stands in an address. */
function saveFile(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
