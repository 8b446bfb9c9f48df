import { api } from 'lwc';
import { call, pathOf } from 'di/api';
import { fill, labels, wordsOf } from 'di/labels';
import { counted, formatRelative } from 'di/format';
import { linkTo } from 'di/route';
import { Form } from 'di/screen';

/** Holds that end in the project, not in the transfer. */
const PROJECT_HOLDS = new Set(['table-missing', 'table-archived', 'project-archived']);
/** Where each kind is fixed. */
const PLACES = {
  batch: ({ transfer }) => (transfer ? linkTo('transfers', transfer) : linkTo('transfers', 'new')),
  held: ({ transfer, project, code }) => {
    if (PROJECT_HOLDS.has(code)) return linkTo('projects', project);
    return PLACES.batch({ transfer });
  },
  record: ({ transfer }) => (transfer ? linkTo('transfers', transfer) : null),
  delivery: () => linkTo('deliveries'),
  'opt-out': () => linkTo('deliveries'),
  event: ({ subject }) => linkTo('sources', subject),
  action: ({ subject }) => linkTo('recordActions', subject),
  import: ({ subject }) => linkTo('imports', subject),
  comparison: ({ transfer }) => (transfer ? linkTo('transfers', transfer) : null),
  pull: ({ subject }) => linkTo('pulls', subject),
  deployment: ({ connection }) => linkTo('connections', connection.id, 'deployments'),
};
/**
 * What failed and still stands, each with the place where it is fixed.
 *
 * @fires FailureList#settled when one of them is done again, or counts no longer
 */
export default class FailureList extends Form {
  /** As GET /v1/admin/failures answers them. */
  @api failures = [];

  get rows() {
    return this.failures.map((failure) => {
      const { kind, subject, name, count, since, latest, code, canReplay, remedyScope } = failure;
      const mayRemedy = this.may('connections:write') && this.may(remedyScope);
      const title = counted(labels.failures.kinds[kind], count, name);
      return {
        key: `${kind} ${subject}`,
        kind,
        title,
        message: labels.failures.holds[code] ?? wordsOf(failure),
        moments: fill(labels.failures.moments, formatRelative(since), formatRelative(latest)),
        link: PLACES[kind](failure),
        linkLabel: labels.failures.open[kind],
        canReplay: canReplay && mayRemedy,
        replayLabel: fill(labels.failures.replayOf, title),
        // Deliveries are forgotten with it: that is done where they are listed.
        canAcknowledge: kind !== 'delivery' && mayRemedy,
        acknowledgeLabel: fill(labels.failures.acknowledgeOf, title),
      };
    });
  }

  handleReplay(event) {
    return this.settle(event, 'replay', labels.failures.replayed);
  }

  handleAcknowledge(event) {
    return this.settle(event, 'discard', labels.failures.acknowledged);
  }

  /** @param {'replay' | 'discard'} verb */
  async settle(event, verb, message) {
    const { key } = event.target.dataset;
    const { kind, subject } = this.failures.find((failure) => key === `${failure.kind} ${failure.subject}`);
    const isDone = await this.attempt(
      () => call('POST', pathOf('failures', verb), { kind, subject }),
      message,
    );
    if (isDone) this.dispatchEvent(new CustomEvent('settled'));
  }
}
