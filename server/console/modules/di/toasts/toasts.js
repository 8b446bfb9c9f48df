import { LightningElement } from 'lwc';
import { TOLD } from 'di/screen';

const SHOWN_MILLISECONDS = 5000;
/** Sentences at a time: more would cover what they are about. */
const MOST_SHOWN = 2;

/** Sentences that are shown for a while. */
export default class Toasts extends LightningElement {
  told = [];
  last = 0;

  connectedCallback() {
    window.addEventListener(TOLD, this.handleTold);
  }

  disconnectedCallback() {
    window.removeEventListener(TOLD, this.handleTold);
  }

  handleTold = ({ detail: { message } }) => {
    this.last += 1;
    const id = this.last;
    this.told = [...this.told, { id, message }].slice(-MOST_SHOWN);
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- what was told goes away by itself
    setTimeout(() => {
      this.told = this.told.filter((each) => each.id !== id);
    }, SHOWN_MILLISECONDS);
  };
}
