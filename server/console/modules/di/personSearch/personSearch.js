import { LightningElement } from 'lwc';
import { call, pathOf } from 'di/api';
import { labels } from 'di/labels';
import { goToRow } from 'di/route';

/** Characters that are asked for at least, and milliseconds without a further one before they are. */
const ASKED = { characters: 2, milliseconds: 200 };
/** Where a slash is a slash. */
const WRITTEN = 'input, textarea, select, [contenteditable]';

const keyText = (key) => Object.values(key).join(', ');

/** Finds a person, or a row, from any screen: by name, address, key or the id of a record. Enter opens the row. */
export default class PersonSearch extends LightningElement {
  labels = labels;
  typed = '';
  isOpen = false;
  isAsking = false;
  found = [];
  isWhole = true;
  fault = '';
  active = 0;
  isByKeys = false;
  timer = null;
  /** Counts what was asked: only the answer to the last of it counts. */
  turn = 0;

  connectedCallback() {
    window.addEventListener('keydown', this.handleSlash);
  }

  disconnectedCallback() {
    window.removeEventListener('keydown', this.handleSlash);
    this.forget();
  }

  /** What the keys have reached is seen. */
  renderedCallback() {
    if (!this.isByKeys) return;
    this.isByKeys = false;
    this.template.querySelector('.is-active')?.scrollIntoView({ block: 'nearest' });
  }

  get asked() {
    return this.typed.trim();
  }

  get isShown() {
    return this.isOpen && this.asked.length >= ASKED.characters;
  }

  get expanded() {
    return String(this.isShown);
  }

  get panelClass() {
    return this.isShown ? 'panel' : 'panel is-closed';
  }

  get isNobodyShown() {
    return this.found.length === 0;
  }

  get activeId() {
    return this.isShown && !this.isNobodyShown ? `found-${this.active}` : null;
  }

  get options() {
    return this.found.map((row, index) => ({
      index,
      id: `found-${index}`,
      title: row.name ?? row.address ?? keyText(row.key),
      address: row.name === null ? null : row.address,
      place: [row.table, row.project, row.isArchived && labels.projects.archived].filter(Boolean).join(' · '),
      isActive: String(index === this.active),
      look: index === this.active ? 'is-active' : '',
    }));
  }

  get note() {
    if (!this.isShown) return '';
    if (this.isAsking) return labels.loading;
    if (!this.isWhole) return this.isNobodyShown ? labels.search.tooSlow : labels.search.more;
    return this.isNobodyShown ? labels.search.none : '';
  }

  /** A slash leads here, unless it is being written. */
  handleSlash = (event) => {
    const [target] = event.composedPath();
    const isWritten = target instanceof Element && target.matches(WRITTEN);
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isWritten) return;
    event.preventDefault();
    this.template.querySelector('input').focus();
  };

  handleFocus() {
    this.isOpen = true;
  }

  handleBlur() {
    this.isOpen = false;
  }

  handleInput(event) {
    this.typed = event.target.value;
    this.isOpen = true;
    this.forget();
    if (this.asked.length < ASKED.characters) return;
    this.isAsking = true;
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- a pause in the typing is waited for
    this.timer = setTimeout(() => this.ask(), ASKED.milliseconds);
  }

  /** What was found, and what was asked and not answered, is of no more use. */
  forget() {
    clearTimeout(this.timer);
    this.turn += 1;
    this.found = [];
    this.isWhole = true;
    this.isAsking = false;
    this.fault = '';
    this.active = 0;
  }

  async ask() {
    clearTimeout(this.timer);
    const { turn } = this;
    try {
      const { persons, isWhole } = await call('POST', pathOf('persons', 'search'), { text: this.asked });
      if (turn !== this.turn) return;
      this.found = persons;
      this.isWhole = isWhole;
    } catch (error) {
      if (turn !== this.turn) return;
      this.fault = error.message;
    }
    this.isAsking = false;
  }

  handleKey(event) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.isOpen = true;
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.active = Math.max(0, Math.min(this.found.length - 1, this.active + step));
      this.isByKeys = true;
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (this.found[this.active] && this.isShown) this.open(this.active);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (!this.isShown) this.clear();
      this.isOpen = false;
    }
  }

  /** The input keeps the focus while the list is clicked. */
  handleMouse(event) {
    event.preventDefault();
  }

  handleChoose(event) {
    this.open(Number(event.currentTarget.dataset.index));
  }

  open(index) {
    const { project, table, key, recordId } = this.found[index];
    this.clear();
    this.isOpen = false;
    this.template.querySelector('input').blur();
    goToRow(project, table, key, recordId);
  }

  clear() {
    this.typed = '';
    this.template.querySelector('input').value = '';
    this.forget();
  }
}
