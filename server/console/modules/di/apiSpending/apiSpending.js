import { api } from 'lwc';
import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { counted, formatNumber } from 'di/format';
import { fill, labels } from 'di/labels';
import { linkTo } from 'di/route';

/** Orgs that are asked for; of more the connections know. */
const MOST_ORGS = 5;

/** Who spent how many of the API calls of each org today. */
export default class ApiSpending extends Screen {
  /** As health answers them. */
  @api connections = [];
  /** What was answered, by the connection's id. */
  spending = [];

  async load() {
    this.spending = await Promise.all(
      this.called.slice(0, MOST_ORGS).map(async ({ id, name }) => ({
        ...{ id, name },
        ...(await call('GET', pathOf('connections', id, 'api-calls'))),
      })),
    );
  }

  /** Those that DI has called. */
  get called() {
    return this.connections.filter(({ apiCalls }) => apiCalls !== null);
  }

  get isShown() {
    return this.called.length > 0;
  }

  get orgs() {
    return this.spending.map(({ id, name, org, apiShare, spent }) => {
      const most = Math.max(1, ...spent.map(({ calls }) => calls));
      return {
        ...{ id, name, limit: org?.limit ?? null, used: org?.used ?? null },
        link: linkTo('connections', id),
        text: org
          ? fill(
              labels.home.used,
              formatNumber(org.used),
              formatNumber(org.limit),
              formatNumber(Math.round(apiShare * 100)),
            )
          : labels.connections.unknownYet,
        hasSpent: spent.length > 0,
        producers: spent.map(({ day, producer, calls }) => ({
          name: `${day} ${producer}`,
          label: labels.home.producers[producer] ?? producer,
          calls: formatNumber(calls),
          width: String(Math.max(0.5, (calls / most) * 100)),
        })),
      };
    });
  }

  get moreText() {
    const more = this.called.length - MOST_ORGS;
    return more > 0 ? counted(labels.home.moreOrgs, more) : '';
  }
}
