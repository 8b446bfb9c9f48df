// Synthetic shadow first, so that the design system's style sheet reaches into the components.
import '@lwc/synthetic-shadow';
import { createElement } from 'lwc';
import App from 'di/app';

document.body.prepend(createElement('di-app', { is: App }));
