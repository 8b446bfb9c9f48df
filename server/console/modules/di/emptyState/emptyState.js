import { LightningElement, api } from 'lwc';

/** What is there before anything is there: why, and what to do. */
export default class EmptyState extends LightningElement {
  @api heading;
  @api hint;
}
