import Screen from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { formatMoment } from 'di/format';

const PAGE = 50;

/** Who changed what of the configuration, newest first. */
export default class AuditScreen extends Screen {
  events = null;
  isMoreOffered = false;

  async load() {
    this.events = await this.page();
  }

  async page(before) {
    const { events } = await call('GET', asking(pathOf('audit-events'), { limit: PAGE, before }));
    this.isMoreOffered = events.length === PAGE;
    return events;
  }

  get isEmpty() {
    return this.events?.length === 0;
  }

  get hasRows() {
    return this.events?.length > 0;
  }

  get rows() {
    return this.events.map((event) => ({
      ...event,
      moment: formatMoment(event.at),
      actorName: event.actor.name,
      detailText: Object.keys(event.detail).length > 0 ? JSON.stringify(event.detail) : '',
    }));
  }

  async handleMore() {
    await this.attempt(async () => {
      this.events = [...this.events, ...(await this.page(this.events.at(-1).id))];
    });
  }
}
