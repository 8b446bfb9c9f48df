import { LightningElement, api } from 'lwc';
import labelObject from '@salesforce/label/c.Transfer_Object';
import labelSearch from '@salesforce/label/c.Transfer_Object_Search';
import labelNone from '@salesforce/label/c.None';

/** Rows that the list shows at once: an org has thousands of objects. */
const MOST = 50;

/**
 * A combobox that searches as one types, for lists too long for the standard one. Arrow keys move, Enter chooses, Escape
 * gives up (WAI-ARIA combobox with a listbox popup).
 *
 * @fires DiObjectPicker#change with `{ value }`, the chosen object's API name
 */
export default class DiObjectPicker extends LightningElement {
  labels = { object: labelObject, search: labelSearch, none: labelNone };

  /** What can be chosen: `{ name, label }`. */
  @api options = [];

  /** It cannot be changed any more. */
  @api disabled = false;

  isOpen = false;
  activeIndex = -1;
  search = '';
  _value;

  /** The chosen object's API name. */
  @api
  get value() {
    return this._value;
  }
  set value(value) {
    this._value = value;
    this.isOpen = false;
  }

  get text() {
    return this.isOpen ? this.search : this.chosenLabel;
  }

  get chosenLabel() {
    const chosen = (this.options ?? []).find(({ name }) => name === this._value);
    return chosen ? `${chosen.label} (${chosen.name})` : (this._value ?? '');
  }

  get found() {
    const wanted = this.search.trim().toLowerCase();
    return (this.options ?? [])
      .filter(({ name, label }) => !wanted || `${label} ${name}`.toLowerCase().includes(wanted))
      .sort((one, other) => rank(one, wanted) - rank(other, wanted))
      .slice(0, MOST);
  }

  get rows() {
    return this.found.map((option, index) => ({
      ...option,
      id: `option-${index}`,
      position: index,
      isActive: String(index === this.activeIndex),
      className: `slds-media slds-media_center slds-listbox__option slds-listbox__option_plain slds-media_small${
        index === this.activeIndex ? ' slds-has-focus' : ''
      }`,
    }));
  }

  get hasNone() {
    return this.found.length === 0;
  }

  get expanded() {
    return String(this.isOpen);
  }

  get comboboxClass() {
    return `slds-combobox slds-dropdown-trigger slds-dropdown-trigger_click${this.isOpen ? ' slds-is-open' : ''}`;
  }

  renderedCallback() {
    const input = this.template.querySelector('input');
    const active = this.template.querySelector('[role="option"][aria-selected="true"]');
    // The id is only known once the list is rendered: LWC makes ids unique to the page.
    if (active) {
      input.setAttribute('aria-activedescendant', active.id);
      active.scrollIntoView?.({ block: 'nearest' });
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  }

  handleFocus() {
    this.open();
  }

  handleInput(event) {
    this.search = event.target.value;
    this.isOpen = true;
    this.activeIndex = this.found.length > 0 ? 0 : -1;
  }

  handleBlur() {
    this.isOpen = false;
  }

  handleKeydown(event) {
    const { key } = event;
    if (key === 'Escape') this.isOpen = false;
    else if (key === 'Enter' && this.isOpen) this.choose(this.found[this.activeIndex]);
    else if (key === 'ArrowDown' || key === 'ArrowUp') this.move(key === 'ArrowDown' ? 1 : -1);
    else return;
    event.preventDefault();
  }

  /** On mousedown, not on click: leaving the field would close the list first. */
  handleChoose(event) {
    event.preventDefault();
    this.choose(this.found[Number(event.currentTarget.dataset.index)]);
  }

  open() {
    if (this.disabled || this.isOpen) return;
    this.search = '';
    this.activeIndex = -1;
    this.isOpen = true;
  }

  move(step) {
    if (!this.isOpen) {
      this.open();
      return;
    }
    const last = this.found.length - 1;
    this.activeIndex = Math.min(Math.max(this.activeIndex + step, 0), last);
  }

  choose(option) {
    if (!option) return;
    this._value = option.name;
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent('change', { detail: { value: option.name } }));
  }
}

/** What is called so comes before what begins so, and that before what merely holds it. */
function rank({ name, label }, wanted) {
  const names = [name.toLowerCase(), label.toLowerCase()];
  if (names.includes(wanted)) return 0;
  return names.some((each) => each.startsWith(wanted)) ? 1 : 2;
}
