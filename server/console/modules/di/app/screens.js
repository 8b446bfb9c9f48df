/** Screens by name; each is fetched when it is opened. */
export const SCREENS = {
  health: () => import('di/healthScreen'),
  projects: () => import('di/projectsScreen'),
  project: () => import('di/projectScreen'),
  table: () => import('di/tableScreen'),
  rows: () => import('di/rowsScreen'),
  record: () => import('di/recordScreen'),
  connections: () => import('di/connectionsScreen'),
  connection: () => import('di/connectionScreen'),
  transfers: () => import('di/transfersScreen'),
  newTransfer: () => import('di/newTransferScreen'),
  transfer: () => import('di/transferScreen'),
  users: () => import('di/usersScreen'),
  keys: () => import('di/keysScreen'),
  audit: () => import('di/auditScreen'),
};
