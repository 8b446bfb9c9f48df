import { ApiError, openSession } from 'di/api';
import { labels } from 'di/labels';

/** Screens by name; each is fetched when it is opened. */
export const SCREENS = {
  home: () => import('di/homeScreen'),
  health: () => import('di/healthScreen'),
  projects: () => import('di/projectsScreen'),
  project: () => import('di/projectScreen'),
  table: () => import('di/tableScreen'),
  rows: () => import('di/rowsScreen'),
  record: () => import('di/recordScreen'),
  connections: () => import('di/connectionsScreen'),
  connection: () => import('di/connectionScreen'),
  deployments: () => import('di/deploymentsScreen'),
  transfers: () => import('di/transfersScreen'),
  newTransfer: () => import('di/newTransferScreen'),
  transfer: () => import('di/transferScreen'),
  pulls: () => import('di/pullsScreen'),
  pull: () => import('di/pullScreen'),
  integrations: () => import('di/integrationsScreen'),
  integration: () => import('di/integrationScreen'),
  activity: () => import('di/activityScreen'),
  deliveries: () => import('di/deliveriesScreen'),
  alerts: () => import('di/alertsScreen'),
  sources: () => import('di/sourcesScreen'),
  source: () => import('di/sourceScreen'),
  recordActions: () => import('di/actionsScreen'),
  recordAction: () => import('di/actionScreen'),
  consent: () => import('di/consentScreen'),
  persons: () => import('di/personScreen'),
  imports: () => import('di/importsScreen'),
  import: () => import('di/importScreen'),
  users: () => import('di/usersScreen'),
  keys: () => import('di/keysScreen'),
  audit: () => import('di/auditScreen'),
  password: () => import('di/passwordScreen'),
  unknown: () => import('di/unknownScreen'),
};

/** Names the screen that the page was loaded again for. */
const LOADED_AGAIN = 'di-loaded-again';

/**
 * The component of a screen. Where its code is not there, most likely since the server has a newer one by now, the page is
 * loaded again for it, once. Throws ApiError where the server does not answer, and where loading again did not help.
 */
export async function screenOf(name) {
  try {
    const { default: component } = await SCREENS[name]();
    sessionStorage.removeItem(LOADED_AGAIN);
    return component;
  } catch (error) {
    console.warn(error);
  }
  await openSession();
  if (sessionStorage.getItem(LOADED_AGAIN) === name) {
    sessionStorage.removeItem(LOADED_AGAIN);
    throw new ApiError(0, { code: 'screen-not-loaded', detail: labels.problem.screenNotLoaded });
  }
  sessionStorage.setItem(LOADED_AGAIN, name);
  window.location.reload();
  return null;
}
