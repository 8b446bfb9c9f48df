// Where in the console one is, as the address says after its #: kept by reloads, links and the way back.

/**
 * What every address of the console begins with. Links name it, though the browser is there already: LWC appends the id of
 * the component to links of a template that are nothing but a fragment, and `#/projects` would become `#/projects-8`.
 */
const CONSOLE = '/console';
const FIRST = 'home';

/** Screens by the pattern of their address. */
const ROUTES = [
  ['home', 'home'],
  ['health', 'health'],
  ['projects', 'projects'],
  ['projects/:project', 'project'],
  ['projects/:project/:table', 'table'],
  ['projects/:project/:table/rows', 'rows'],
  ['projects/:project/:table/records/:id', 'record'],
  ['projects/:project/:table/row', 'record'],
  ['connections', 'connections'],
  ['connections/:connection', 'connection'],
  ['connections/:connection/deployments', 'deployments'],
  ['transfers', 'transfers'],
  ['transfers/new', 'newTransfer'],
  ['transfers/:transfer', 'transfer'],
  ['pulls', 'pulls'],
  ['pulls/:pull', 'pull'],
  ['integrations', 'integrations'],
  ['integrations/:integration', 'integration'],
  ['deliveries', 'deliveries'],
  ['activity', 'activity'],
  ['alerts', 'alerts'],
  ['sources', 'sources'],
  ['sources/:source', 'source'],
  ['recordActions', 'recordActions'],
  ['recordActions/new', 'recordAction'],
  ['recordActions/:action', 'recordAction'],
  ['consent', 'consent'],
  ['consent/:project', 'consent'],
  ['persons', 'persons'],
  ['persons/:project', 'persons'],
  ['imports', 'imports'],
  ['imports/:import', 'import'],
  ['users', 'users'],
  ['keys', 'keys'],
  ['audit', 'audit'],
  ['password', 'password'],
  ['choose-password/:token', 'choosePassword'],
].map(([pattern, screen]) => ({ segments: pattern.split('/'), screen }));

/** The route of an address, `#/projects/DEMO?tab=fields`: the first screen where it names none, `unknown` where there is none. */
export function routeOf(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const named = path.split('/').filter(Boolean);
  const segments = named.length === 0 ? [FIRST] : named;
  for (const route of ROUTES) {
    const params = match(route.segments, segments);
    if (params)
      return {
        screen: route.screen,
        section: segments[0],
        params,
        query: Object.fromEntries(new URLSearchParams(query)),
        key: hash,
      };
  }
  return { screen: 'unknown', section: null, params: { address: path }, query: {}, key: hash };
}

function match(pattern, segments) {
  if (pattern.length !== segments.length) return null;
  const params = {};
  for (const [index, part] of pattern.entries())
    if (part.startsWith(':')) {
      const value = decoded(segments[index]);
      if (value === null) return null;
      params[part.slice(1)] = value;
    } else if (part !== segments[index]) return null;
  return params;
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** The address of a screen, each segment encoded. */
export function linkTo(...segments) {
  return `${CONSOLE}#/${segments.map(encodeURIComponent).join('/')}`;
}

/** Goes to a screen. */
export function go(...segments) {
  window.location.assign(linkTo(...segments));
}

/** What the address asks for after its question mark, by name. */
export function queryNow() {
  const [, query = ''] = window.location.hash.split('?');
  return Object.fromEntries(new URLSearchParams(query));
}

/** Begins the word of a filter of a list. */
export const FILTER = 'only.';

/**
 * What the address asks of a list: `{ search, sort, isDescending, page, filters }`.
 *
 * @param name begins the list's words, where a screen has several
 */
export function askedNow(name = '') {
  const own = Object.entries(queryNow()).filter(([word]) => word.startsWith(name));
  const words = Object.fromEntries(own.map(([word, value]) => [word.slice(name.length), value]));
  const filters = Object.entries(words).filter(([word]) => word.startsWith(FILTER));
  return {
    search: words.search ?? '',
    sort: words.sort ?? null,
    isDescending: words.order === 'descending',
    page: Math.max(1, Math.trunc(Number(words.page)) || 1),
    filters: Object.fromEntries(filters.map(([word, value]) => [word.slice(FILTER.length), value])),
  };
}

/** Whether what is asked for leaves rows out. */
export const isSought = ({ search, filters }) => search !== '' || Object.values(filters).some(Boolean);

/**
 * Keeps what is asked for in the address, beside what else it says there, for a reload, a link or the way back; words without
 * a value leave it. The screen stays as it is.
 */
export function keepQuery(words) {
  const [path] = window.location.hash.split('?');
  const kept = Object.entries({ ...queryNow(), ...words }).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  const query = kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`;
  window.history.replaceState(null, '', `${CONSOLE}${path || `#/${FIRST}`}${query}`);
}

let load = null;

/** Goes to a screen with what stands in no URL, and is gone after a reload: an address, a secret, what is to be done there. */
export function goWith(thing, ...segments) {
  load = { thing, address: linkTo(...segments) };
  go(...segments);
}

/** Goes to a row: by the id of its record, or, where there is none, by its key, which may be an address. */
export function goToRow(project, table, key, recordId) {
  if (recordId) {
    go('projects', project, table, 'records', recordId);
    return;
  }
  const before = window.location.hash;
  goWith(key, 'projects', project, table, 'row');
  // From one row to another of the table the address stays as it is, and no screen would hear of it.
  if (window.location.hash === before) window.dispatchEvent(new CustomEvent('hashchange'));
}

/** What was carried to the screen that is shown, once; null where nothing was. */
export function carried() {
  const came = load;
  load = null;
  return came !== null && window.location.href.endsWith(came.address) ? came.thing : null;
}

/** Goes to somebody by a key, which may be an address. */
export function goToPerson(project, key) {
  goWith(key, 'persons', project);
}

/** The same of a key, also after a reload, and on the way back: the browser keeps it with its history. */
export function carriedAndKept() {
  const came = carried() ?? window.history.state?.key ?? null;
  if (came === null) return null;
  // A component's value is a proxy, which no browser keeps.
  const key = { ...came };
  window.history.replaceState({ key }, '');
  return key;
}
