import { LightningElement, api } from 'lwc';
import { labels } from 'di/labels';
import { endpoint } from 'di/session';

/** What an admin carries over to Salesforce, each with a button that copies it. */
export default class PluginKeys extends LightningElement {
  labels = labels;
  endpoint = endpoint();
  @api keyId;
  /** Only right after it was made: nobody can show it later. */
  @api secret;
}
