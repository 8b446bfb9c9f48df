import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

/** An address that no screen has. */
export default class UnknownScreen extends LightningElement {
  labels = labels;
  @api route;

  get hint() {
    return fill(labels.problem.unknownHint, this.route.params.address);
  }
}
