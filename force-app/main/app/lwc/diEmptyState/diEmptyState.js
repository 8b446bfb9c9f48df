import { LightningElement, api } from 'lwc';

/** What stands where a list has nothing to show yet: what is missing, and, in the slot, what to do about it. */
export default class DiEmptyState extends LightningElement {
  /** What there is none of. */
  @api title;

  /** Why one would want some. */
  @api hint;
}
