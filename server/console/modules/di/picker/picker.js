import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

/** Options that are shown at once; more are found by typing. */
const SHOWN = 60;

/**
 * One choice of many, found by typing: fields and objects of an org by label, name or type. A choice that leads to others
 * (`leadsTo`) is followed by `follow`, and they are shown in its place.
 *
 * @fires Picker#pick with `{ value }`
 */
export default class Picker extends LightningElement {
  labels = labels;
  @api label;
  @api name;
  @api placeholder = '';
  @api disabled = false;
  @api required = false;
  @api isLabelHidden = false;
  /** What is typed counts though it is no option: nobody knows what there is. */
  @api acceptsOthers = false;
  /** @type {readonly { value: string, label: string, detail?: string, leadsTo?: string }[]} */
  @api options = [];
  /** Answers the options that one leads to. */
  @api follow = null;
  isOpen = false;
  /** What is being typed; null while nobody types. */
  typed = null;
  active = 0;
  fault = '';
  /** Those that an option led to. */
  followed = null;
  isFollowing = false;
  isByKeys = false;
  chosen = '';

  @api
  get value() {
    return this.chosen;
  }
  set value(value) {
    this.chosen = value ?? '';
    this.typed = null;
  }

  @api
  reportValidity() {
    this.fault = this.required && this.chosen === '' ? labels.picker.choose : '';
    return this.fault === '';
  }

  get elementClass() {
    return `slds-form-element${this.fault ? ' slds-has-error has-fault' : ''}`;
  }

  get labelClass() {
    return this.isLabelHidden ? 'slds-assistive-text' : 'slds-form-element__label';
  }

  get listLabel() {
    return fill(labels.picker.choices, this.label);
  }

  get listClass() {
    return this.isOpen ? 'list' : 'list is-closed';
  }

  get expanded() {
    return String(this.isOpen);
  }

  get shownText() {
    return this.typed ?? this.textOf(this.chosen);
  }

  textOf(value) {
    return this.options.find((option) => option.value === value)?.label ?? value;
  }

  get offered() {
    return this.followed ?? this.options;
  }

  get found() {
    if (!this.isOpen) return [];
    const words = (this.typed ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    return this.offered.filter(({ label, value, detail = '' }) => {
      const text = `${label} ${value} ${detail}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  get isNothingFound() {
    return this.found.length === 0;
  }

  get shown() {
    return this.found.slice(0, SHOWN).map((option, index) => ({
      ...option,
      key: `option-${index}`,
      isActive: String(index === this.active),
      look: index === this.active ? 'is-active' : '',
    }));
  }

  get activeId() {
    return this.isOpen && this.found.length > 0 ? `option-${this.active}` : null;
  }

  get note() {
    if (!this.isOpen) return '';
    if (this.isFollowing) return labels.loading;
    if (this.found.length === 0) return labels.picker[this.offered.length === 0 ? 'unknown' : 'none'];
    return this.found.length > SHOWN ? fill(labels.picker.more, this.found.length - SHOWN) : '';
  }

  /** What the keys have reached is seen. */
  renderedCallback() {
    if (!this.isByKeys) return;
    this.isByKeys = false;
    this.template.querySelector('.is-active')?.scrollIntoView({ block: 'nearest' });
  }

  handleOpen() {
    if (this.disabled || this.isOpen) return;
    this.isOpen = true;
    this.active = Math.max(
      0,
      this.found.slice(0, SHOWN).findIndex(({ value }) => value === this.chosen),
    );
  }

  handleInput(event) {
    this.typed = event.target.value;
    this.isOpen = true;
    this.active = 0;
  }

  handleKey(event) {
    const last = Math.min(this.found.length, SHOWN) - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.handleOpen();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.active = Math.min(last, Math.max(0, this.active + step));
      this.isByKeys = true;
    } else if (event.key === 'Enter' && this.isOpen) {
      event.preventDefault();
      const option = this.found[this.active];
      if (option) this.choose(option);
    } else if (event.key === 'Escape') this.close();
  }

  /** The input keeps the focus while the list is clicked. */
  handleMouse(event) {
    event.preventDefault();
  }

  handleChoose(event) {
    const { value } = event.currentTarget.dataset;
    this.choose(this.offered.find((option) => option.value === value));
  }

  async choose(option) {
    if (option.leadsTo === undefined) {
      this.pick(option.value);
      return;
    }
    const asked = [];
    this.typed = '';
    this.active = 0;
    this.isFollowing = true;
    this.followed = asked;
    let found = null;
    let fault = '';
    try {
      found = await this.follow(option);
    } catch (error) {
      fault = error.message;
    }
    // Meanwhile it may have been left, or another choice been followed.
    if (this.followed !== asked) return;
    this.followed = found;
    this.fault = fault;
    this.isFollowing = false;
  }

  pick(value) {
    this.close();
    this.fault = '';
    if (value === this.chosen) return;
    this.chosen = value;
    this.dispatchEvent(new CustomEvent('pick', { detail: { value } }));
  }

  close() {
    this.isOpen = false;
    this.typed = null;
    this.followed = null;
    this.isFollowing = false;
  }

  /** Who types a name and goes on has chosen it; what is emptied is nothing, unless it was emptied to look at others. */
  handleBlur() {
    const typed = this.typed?.trim();
    if (typed === undefined || (typed === '' && this.followed !== null)) return this.close();
    const lower = typed.toLowerCase();
    const named = this.offered.find(
      ({ value, label, leadsTo }) =>
        leadsTo === undefined && (value.toLowerCase() === lower || label.toLowerCase() === lower),
    );
    if (named) this.pick(named.value);
    else if (typed === '' || this.acceptsOthers) this.pick(typed);
    else this.close();
    return undefined;
  }
}
