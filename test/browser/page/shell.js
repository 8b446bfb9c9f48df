// The page around a screen: it puts the tab's component in, and shows its toasts.
import '@lwc/synthetic-shadow';
import { createElement } from 'lwc';
import * as components from '/lightning/app.js';

const SHOWN_MILLISECONDS = 6000;
const { component, recordId } = document.body.dataset;
const tag = `c-${component.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

document.addEventListener('lightning__showtoast', ({ detail }) => {
  const toast = document.createElement('div');
  const theme = { success: 'success', error: 'error', warning: 'warning' }[detail.variant] ?? 'info';
  toast.className = `slds-notify slds-notify_toast slds-theme_${theme}`;
  toast.setAttribute('role', 'status');
  const title = document.createElement('h2');
  title.className = 'slds-text-heading_small';
  title.textContent = detail.title;
  const message = document.createElement('p');
  message.textContent = detail.message ?? '';
  toast.append(title, message);
  document.getElementById('toasts').append(toast);
  setTimeout(() => toast.remove(), SHOWN_MILLISECONDS);
});

const screen = createElement(tag, { is: components[component].default });
if (recordId) screen.recordId = recordId;
document.getElementById('screen').append(screen);
