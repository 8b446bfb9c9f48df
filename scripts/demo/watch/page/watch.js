// Watches one contact: asks often while something goes on, seldom otherwise, since every look costs the org two API calls.

const BUSY = { every: 500, for: 20_000 };
const IDLE_MILLISECONDS = 5000;
const PLACES = {
  salesforce: 'Salesforce',
  outbox: 'Outbox',
  batch: 'Batch',
  table: 'Table',
  consent: 'Consent',
  delivery: 'Delivery',
};
const times = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

const at = (id) => document.getElementById(id);
const opened = Date.now();
let contact = null;
let busyUntil = 0;
let timer = null;
let isTyped = false;

async function ask(path, body) {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw new Error(answer?.message ?? `HTTP ${response.status}`);
  return answer;
}

async function attempt(work) {
  try {
    await work();
    at('problem').hidden = true;
  } catch (error) {
    at('problem').textContent = error.message;
    at('problem').hidden = false;
  }
}

async function look() {
  clearTimeout(timer);
  if (contact !== null && !document.hidden) await attempt(async () => show(await ask(`contacts/${contact}`)));
  timer = setTimeout(look, Date.now() < busyUntil ? BUSY.every : IDLE_MILLISECONDS);
}

async function act(path, body) {
  await attempt(() => ask(path, body));
  busyUntil = Date.now() + BUSY.for;
  await look();
}

function show({ fields, row, steps, links }) {
  const { Phone, MailingCity, ...others } = fields;
  if (!isTyped) Object.assign(at('salesforce').elements.Phone, { value: Phone ?? '' });
  if (!isTyped) Object.assign(at('salesforce').elements.MailingCity, { value: MailingCity ?? '' });
  list(at('fields'), others);
  list(at('row'), Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => !name.startsWith('_'))));
  at('salesforce-link').href = links.salesforce;
  at('console-link').href = links.console;
  const recent = steps.filter((step) => Date.parse(step.at) >= opened - 1000);
  at('hint').hidden = recent.length > 0;
  const known = at('steps').children.length;
  for (const [index, step] of recent.entries()) {
    const item = at('steps').children[index];
    const shown = JSON.stringify(step);
    if (item?.dataset.step === shown) continue;
    const made = stepItem(step, recent[0]);
    made.dataset.step = shown;
    if (item) item.replaceWith(made);
    else at('steps').append(made);
  }
  while (at('steps').children.length > recent.length) at('steps').lastElementChild.remove();
  if (at('steps').children.length > known) at('steps').lastElementChild.scrollIntoView({ block: 'nearest' });
}

function list(into, values) {
  const before = new Map(
    [...into.querySelectorAll('dd')].map((each) => [each.dataset.name, each.textContent]),
  );
  into.replaceChildren(
    ...Object.entries(values).flatMap(([name, value]) => {
      const text = value === null || value === undefined ? '—' : String(value);
      const given = element('dd', text);
      given.dataset.name = name;
      if (before.has(name) && before.get(name) !== text) given.className = 'changed';
      return [element('dt', name), given];
    }),
  );
}

function stepItem({ at: moment, place, title, detail }, first) {
  const item = document.createElement('li');
  const seconds = (Date.parse(moment) - Date.parse(first.at)) / 1000;
  const time = element('time', `${times.format(new Date(moment))}  +${seconds.toFixed(2)} s`);
  time.dateTime = moment;
  const badge = element('span', PLACES[place]);
  badge.className = `place ${place}`;
  item.dataset.place = place;
  item.append(time, badge, element('p', title));
  if (detail !== '') {
    const more = element('p', detail);
    more.className = 'detail';
    item.append(more);
  }
  return item;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function choose(id) {
  contact = id;
  window.location.hash = id;
  isTyped = false;
  for (const part of ['steps', 'fields', 'row']) at(part).replaceChildren();
  return look();
}

at('salesforce').addEventListener('input', () => {
  isTyped = true;
});
at('salesforce').addEventListener('submit', (event) => {
  event.preventDefault();
  const { Phone, MailingCity } = event.target.elements;
  isTyped = false;
  void act(`contacts/${contact}`, { Phone: Phone.value, MailingCity: MailingCity.value });
});
for (const button of document.querySelectorAll('[data-act]'))
  button.addEventListener('click', () => void act(`contacts/${contact}/${button.dataset.act}`, {}));
at('contact').addEventListener('change', (event) => void choose(event.target.value));
document.addEventListener('visibilitychange', () => void look());

await attempt(async () => {
  const { contacts } = await ask('contacts');
  at('contact').append(
    ...contacts.map(({ id, name, email }) => {
      const option = element('option', `${name} · ${email}`);
      option.value = id;
      return option;
    }),
  );
  const asked = window.location.hash.slice(1);
  const first = contacts.some(({ id }) => id === asked) ? asked : contacts[0]?.id;
  if (first === undefined) throw new Error('There is no contact in the org yet.');
  at('contact').value = first;
  await choose(first);
});
