import { LightningElement, api } from 'lwc';
import { labels } from 'di/labels';

/**
 * A secret that was made just now and is not shown again.
 *
 * @slot default
 */
export default class SecretOnce extends LightningElement {
  labels = labels;
  @api name;
  @api label;
  @api value;
}
