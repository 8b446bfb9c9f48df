import { api } from 'lwc';
import { Form, tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { labels, optionsOf } from 'di/labels';

const ALL = '';

/**
 * Fields of a transfer's records whose value withdraws consent.
 *
 * @fires ConsentRules#changed with the rules
 */
export default class ConsentRules extends Form {
  /** As the API gives it. */
  @api transfer;
  /** Opt-ins of the project that are not archived. */
  @api optIns = [];
  @api isDisabled = false;
  draft = { field: '', optIn: ALL, when: 'true' };

  get isEditable() {
    return !this.isDisabled;
  }

  get fields() {
    const mapped = this.transfer.mapping.flatMap(
      ({ salesforceField, concat }) => salesforceField ?? concat?.salesforceFields ?? [],
    );
    return [...new Set(mapped)].sort();
  }

  get fieldOptions() {
    return [
      { value: '', label: labels.imports.choose },
      ...this.fields.map((value) => ({ value, label: value })),
    ];
  }

  get optInOptions() {
    return [
      { value: ALL, label: labels.consentRules.allOptIns },
      ...this.optIns.map(({ code, name }) => ({ value: code, label: name })),
    ];
  }

  get whenOptions() {
    return optionsOf(labels.consentRules.values);
  }

  get columns() {
    return [
      { name: 'field', label: labels.consentRules.field },
      { name: 'whenText', label: labels.consentRules.when },
      { name: 'optInText', label: labels.consentRules.optIn },
    ];
  }

  get rows() {
    return this.transfer.consent.map(({ salesforceField, optIn, withdrawsWhen }, index) => ({
      key: String(index),
      mark: salesforceField,
      field: salesforceField,
      whenText: labels.consentRules.values[withdrawsWhen],
      optInText: this.nameOf(optIn),
      actions: this.isDisabled ? [] : [{ name: 'remove', label: labels.action.remove }],
    }));
  }

  nameOf(optIn) {
    if (optIn === null) return labels.consentRules.allOptIns;
    return this.optIns.find(({ code }) => code === optIn)?.name ?? optIn;
  }

  async handleAdd() {
    if (!this.isFilled()) return;
    const { field, optIn, when } = this.draft;
    const rule = {
      salesforceField: field,
      optIn: optIn === ALL ? null : optIn,
      withdrawsWhen: when === 'true',
    };
    if (await this.change([...this.transfer.consent, rule])) this.draft = { ...this.draft, field: '' };
  }

  async handleAct(event) {
    await this.change(this.transfer.consent.filter((_rule, index) => String(index) !== event.detail.key));
  }

  change(consent) {
    return this.attempt(async () => {
      await call('PUT', pathOf('transfers', this.transfer.id, 'consent'), { consent });
      tell(labels.consentRules.saved);
      this.dispatchEvent(new CustomEvent('changed', { detail: consent }));
    });
  }
}
