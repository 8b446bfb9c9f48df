import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

const SHOWN_MILLISECONDS = 2000;

/** A value to be carried elsewhere, with a button that copies it. */
export default class CopyField extends LightningElement {
  @api label;
  @api name;
  @api value;
  isCopied = false;

  get copyLabel() {
    return this.isCopied ? labels.action.copied : labels.action.copy;
  }

  get copyName() {
    return fill(labels.action.copyOf, this.label);
  }

  async handleCopy() {
    try {
      await navigator.clipboard.writeText(this.value);
    } catch {
      // Without https a browser gives no clipboard: the text is selected, to be copied by hand.
      getSelection().selectAllChildren(this.template.querySelector('.value'));
      return;
    }
    this.isCopied = true;
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- the button goes back to what it was
    setTimeout(() => {
      this.isCopied = false;
    }, SHOWN_MILLISECONDS);
  }
}
