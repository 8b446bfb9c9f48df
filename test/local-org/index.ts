/** The local org for other programs: an org of SFDX source, its tests, its coverage, and its APIs on a port. */
export { createOrg, type LocalOrg, type OrgOptions } from './org.ts';
export { runTests, type TestOutcome } from './execution/tests.ts';
export { coverageReport } from './execution/coverage.ts';
export type { CalloutAnswer, CalloutRequest } from './execution/callouts.ts';
export type { UserContext } from './execution/transaction.ts';
export { LOGIN, serveOrg, type OrgServer } from './rest/server.ts';
export { ApexException } from './values/exception.ts';
export { Unsupported } from './values/unsupported.ts';
