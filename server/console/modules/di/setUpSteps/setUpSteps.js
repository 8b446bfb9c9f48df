import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';
import { linkTo } from 'di/route';

/** Where each step is done; `subject` is a project’s code, or the id of a connection or transfer. */
const PLACES = {
  table: (subject) => (subject ? linkTo('projects', subject) : linkTo('projects')),
  connection: () => linkTo('connections'),
  plugin: (subject) => (subject ? linkTo('connections', subject) : linkTo('connections')),
  transfer: (subject) => (subject ? linkTo('transfers', subject) : linkTo('transfers', 'new')),
  sending: () => linkTo('transfers'),
  record: () => linkTo('transfers'),
  authorization: (subject) => (subject ? linkTo('connections', subject) : linkTo('connections')),
  integration: () => linkTo('integrations'),
  'opt-in': (subject) => (subject ? linkTo('consent', subject) : linkTo('consent')),
  alerts: () => linkTo('alerts'),
};

/** Setting up as steps: what is done, and what is next. Folded when rows come. */
export default class SetUpSteps extends LightningElement {
  labels = labels;
  /** As GET /v1/admin/set-up answers it. */
  @api setUp = { isDone: false, steps: [] };

  get isOpen() {
    return !this.setUp.isDone;
  }

  get heading() {
    return this.setUp.isDone ? labels.home.setUpDone : labels.home.setUp;
  }

  get progress() {
    const { steps } = this.setUp;
    return fill(labels.home.progress, steps.filter(({ isDone }) => isDone).length, steps.length);
  }

  /** The first that has to be done, or else the first that may be. */
  get next() {
    const open = this.setUp.steps.filter(({ isDone }) => !isDone);
    return (open.find(({ isOptional }) => !isOptional) ?? open[0])?.step;
  }

  get steps() {
    return this.setUp.steps.map(({ step, isDone, isOptional, subject }, index) => {
      const isNext = step === this.next;
      const { title, hint, action } = labels.home.steps[step];
      return {
        ...{ name: step, title, hint, action, isOptional, isNext },
        link: PLACES[step](subject),
        mark: isDone ? '✓' : String(index + 1),
        stateText: isDone ? labels.home.done : labels.home.open,
        isOpen: !isDone,
        // One after the other, as long as rows do not come.
        isLinked: !isDone && !isNext && this.setUp.isDone,
        current: isNext ? 'step' : null,
        stepClass: `step${isDone ? ' is-done' : ''}${isNext ? ' is-next' : ''}`,
      };
    });
  }
}
