import { api } from 'lwc';
import { Form } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';

/**
 * How the letters of a file are read. Where that was guessed, what was made of it is shown, and what others would make:
 * whoever knows the names chooses.
 *
 * @fires FileEncoding#chosen with the name of an encoding
 */
export default class FileEncoding extends Form {
  @api encoding;
  /** `{ values, others: [{ encoding, values }] }`, as the API answers it; null where nothing was guessed. */
  @api guess = null;
  @api isDisabled = false;
  encodings = [];

  async connectedCallback() {
    await this.attempt(async () => {
      ({ encodings: this.encodings } = await call('GET', pathOf('import-encodings')));
    });
  }

  get options() {
    return this.encodings.map(({ name, script }) => ({
      value: name,
      label: `${name} (${labels.importEncoding.scripts[script]})`,
    }));
  }

  get question() {
    return fill(labels.importEncoding.question, this.encoding);
  }

  get valuesText() {
    return this.guess.values.join(' · ');
  }

  get others() {
    return this.guess.others.map(({ encoding, values }) => ({
      encoding,
      text: values.join(' · '),
      label: fill(labels.importEncoding.readAs, encoding),
    }));
  }

  handleSelect(event) {
    this.choose(event.detail.value);
  }

  handleOther(event) {
    this.choose(event.target.dataset.encoding);
  }

  choose(encoding) {
    this.dispatchEvent(new CustomEvent('chosen', { detail: encoding }));
  }
}
