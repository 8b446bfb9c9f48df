import { Form } from 'di/screen';
import { call, ownPathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { formatMoment } from 'di/format';

/** Where else whoever is signed in is signed in, to be ended. */
export default class OwnSessions extends Form {
  sessions = [];

  async connectedCallback() {
    await this.attempt(this.load);
  }

  load = async () => {
    const { sessions } = await call('GET', ownPathOf('sessions'));
    this.sessions = sessions;
  };

  get hasRows() {
    return this.sessions.length > 0;
  }

  get rows() {
    return this.sessions.map((session) => {
      const since = formatMoment(session.signedInAt);
      return {
        ...session,
        name: session.browser ?? labels.sessions.unnamed,
        since,
        until: formatMoment(session.expiresAt),
        endName: fill(labels.sessions.endOf, since),
      };
    });
  }

  async handleEnd(event) {
    const { id } = event.target.dataset;
    await this.attempt(async () => {
      await call('DELETE', ownPathOf('sessions', id));
      await this.load();
    }, labels.sessions.ended);
  }
}
