import { LightningElement } from 'lwc';
import { openSession, signOut, SIGNED_OUT } from 'di/api';
import { ATTENTION, LOOK_MILLISECONDS, lookAtHealth, TELLING } from 'di/attention';
import { labels } from 'di/labels';
import { choose, language } from 'di/language';
import { go, linkTo, routeOf } from 'di/route';
import { isNew, may, setSession } from 'di/session';
import { iconOf } from './icons';
import { SCREENS, screenOf } from './screens';

/**
 * Where one can go, by what it is about, with the scope that it takes.
 *
 * @type {[string, [string, string][]][]}
 */
const PLACES = [
  [
    'state',
    [
      ['home', 'connections:read'],
      ['health', 'connections:read'],
      ['activity', 'deliveries:read'],
      ['deliveries', 'deliveries:read'],
      ['alerts', 'connections:read'],
    ],
  ],
  [
    'setUp',
    [
      ['projects', 'projects:read'],
      ['connections', 'connections:read'],
      ['transfers', 'transfers:read'],
      ['pulls', 'transfers:read'],
      ['integrations', 'deliveries:read'],
      ['recordActions', 'deliveries:read'],
      ['sources', 'connections:read'],
    ],
  ],
  [
    'people',
    [
      ['consent', 'consent:read'],
      ['persons', 'persons:read'],
      ['imports', 'imports:read'],
    ],
  ],
  [
    'access',
    [
      ['users', 'access:read'],
      ['keys', 'access:read'],
      ['audit', 'audit:read'],
    ],
  ],
];

/** The console: who is signed in, where one can go, and the screen that the address names. */
export default class App extends LightningElement {
  labels = labels;
  otherLanguage = language === 'fr' ? 'en' : 'fr';
  otherLanguageName = language === 'fr' ? 'English' : 'Français';
  isStarting = true;
  startError = null;
  user = null;
  isExpired = false;
  isMenuOpen = false;
  route = null;
  shown = [];
  screenError = null;
  /** How much asks for somebody, by section. */
  attention = {};
  lookTimer = null;

  async connectedCallback() {
    document.documentElement.lang = language;
    window.addEventListener('hashchange', this.show);
    window.addEventListener(SIGNED_OUT, this.handleExpired);
    window.addEventListener(ATTENTION, this.handleAttention);
    this.fetchAhead();
    await this.start();
  }

  disconnectedCallback() {
    clearTimeout(this.lookTimer);
    window.removeEventListener('hashchange', this.show);
    window.removeEventListener(SIGNED_OUT, this.handleExpired);
    window.removeEventListener(ATTENTION, this.handleAttention);
  }

  /** A screen that fails takes nothing else with it. */
  errorCallback(error) {
    this.shown = [];
    this.screenError = error;
  }

  start = async () => {
    try {
      this.enter(await openSession());
      this.startError = null;
      this.isStarting = false;
    } catch (error) {
      this.startError = error;
    }
  };

  enter(session) {
    setSession(session);
    this.user = session.user;
    this.isExpired = false;
    if (!this.user) document.title = 'DI Connect';
    this.show();
    this.look();
  }

  /** Has the menu know what asks for somebody, and again after a while; a page that nobody sees asks for nothing. */
  async look() {
    clearTimeout(this.lookTimer);
    if (!this.user || !may('connections:read')) return;
    try {
      if (!document.hidden && !TELLING.includes(this.route?.screen)) await lookAtHealth();
    } catch {
      // The menu leads somewhere without it; the screen of health says what is wrong.
    }
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- it ends with the session
    this.lookTimer = setTimeout(() => this.look(), LOOK_MILLISECONDS);
  }

  handleAttention = (event) => {
    this.attention = event.detail;
  };

  /** The code of the screen that will be asked for comes while it is found out, or typed, who is there. */
  async fetchAhead() {
    try {
      await SCREENS[routeOf(window.location.hash).screen]?.();
    } catch {
      // Said where the screen is to be shown.
    }
  }

  /** Shows the screen of the address; its code is fetched the first time. */
  show = async () => {
    const route = routeOf(window.location.hash);
    this.route = route;
    if (!this.user || this.linkToken !== null) return;
    try {
      const component = await screenOf(route.screen);
      // Meanwhile somebody may have gone on, or the page is about to be loaded again.
      if (component === null || this.route !== route) return;
      this.shown = [{ key: `${route.key} ${Date.now()}`, component, route }];
      this.screenError = null;
    } catch (error) {
      this.screenError = error;
    }
  };

  /** Whoever has a link to choose a password does that first, whoever is signed in in this browser. */
  get isSignedOut() {
    return this.user === null || this.linkToken !== null;
  }

  get linkToken() {
    return this.route?.screen === 'choosePassword' ? this.route.params.token : null;
  }

  /** Why a sign-on by the identity provider let nobody in. */
  get refusal() {
    return this.route?.query.refused ?? null;
  }

  get isNew() {
    return isNew();
  }

  get mayFind() {
    return may('persons:read');
  }

  get menuExpanded() {
    return String(this.isMenuOpen);
  }

  get navClass() {
    return this.isMenuOpen ? 'nav is-open' : 'nav';
  }

  get skipLink() {
    return `${window.location.pathname}${window.location.hash || '#/'}`;
  }

  get groups() {
    return PLACES.map(([name, items]) => ({
      name,
      label: labels.app[name],
      items: items
        .filter(([section, scope]) => may(scope) && section in SCREENS)
        .map(([section]) => ({
          section,
          label: labels[section].title,
          link: linkTo(section),
          icon: iconOf(section),
          count: this.attention[section] ?? null,
          current: this.route?.section === section ? 'page' : null,
        })),
    })).filter(({ items }) => items.length > 0);
  }

  handleSkip(event) {
    event.preventDefault();
    this.template.querySelector('main').focus();
  }

  handleMenu() {
    this.isMenuOpen = !this.isMenuOpen;
  }

  handleNavigate() {
    this.isMenuOpen = false;
  }

  handleLanguage() {
    choose(this.otherLanguage);
  }

  handleLinkLeft() {
    go('home');
  }

  handleChosen(event) {
    go('home');
    this.enter(event.detail);
  }

  handleSignedIn(event) {
    this.enter(event.detail);
  }

  handleExpired = () => {
    if (!this.user) return;
    this.user = null;
    this.isExpired = true;
    this.shown = [];
  };

  async handleSignOut() {
    try {
      await signOut();
    } catch (error) {
      // A session that is over already is signed out.
      if (error.status !== 403 && error.status !== 401) {
        this.screenError = error;
        return;
      }
    }
    this.user = null;
    this.shown = [];
    go('home');
  }
}
