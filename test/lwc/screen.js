// What every test of a component does: put it on the page, wait for it, look at it as axe does, take it away.
import { createElement } from 'lwc';
import axe from 'axe-core';

/** Puts a component on the page with these properties, and waits until it has loaded. */
export async function show(tag, Component, properties = {}) {
  const element = createElement(tag, { is: Component });
  Object.assign(element, properties);
  document.body.appendChild(element);
  await settled();
  return element;
}

/** Waits until promises that were resolved have been rendered. */
export async function settled() {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

export function leave() {
  while (document.body.firstChild) document.body.removeChild(document.body.firstChild);
  jest.clearAllMocks();
}

/** The first element that matches inside the component. */
export function find(element, selector) {
  return element.shadowRoot.querySelector(selector);
}

export function findAll(element, selector) {
  return [...element.shadowRoot.querySelectorAll(selector)];
}

/** The base button with that label. */
export function button(element, label) {
  return findAll(element, 'lightning-button').find((each) => each.label === label);
}

/** The base input with that name. */
export function named(element, name) {
  return findAll(element, 'lightning-input, lightning-combobox, lightning-dual-listbox').find(
    (each) => each.name === name,
  );
}

/** A promise's rejection as Apex's reaches a component. */
export function apexError(message) {
  return { body: { message } };
}

/** Presses a base button and waits for what comes of it. */
export async function press(element, label) {
  button(element, label).click();
  await settled();
}

/** What a base input tells when somebody changes it. */
export async function change(input, detail) {
  Object.assign(input, detail);
  input.dispatchEvent(new CustomEvent('change', { detail }));
  await settled();
}

/** Listens for an event of the component; answers the details that came. */
export function heard(element, name) {
  const details = [];
  element.addEventListener(name, ({ detail }) => details.push(detail));
  return details;
}

/** Toasts that the component shows from now on. */
export function toasts(element) {
  return heard(element, 'lightning__showtoast');
}

/**
 * Colours and landmarks need a browser and a page around; what base components do with an aria-label given to them, their
 * shells here do not.
 */
const LEFT = ['color-contrast', 'region', 'aria-prohibited-attr'];

/**
 * Fails where axe finds fault with what the component renders. Base components are empty shells here; the browser's test
 * looks at them filled in.
 */
export async function expectAccessible(element) {
  const { violations } = await axe.run(element, {
    rules: Object.fromEntries(LEFT.map((rule) => [rule, { enabled: false }])),
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
