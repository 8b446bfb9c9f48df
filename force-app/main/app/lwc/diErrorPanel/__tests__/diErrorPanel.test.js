import { createElement } from 'lwc';
import DiErrorPanel from 'c/diErrorPanel';

function show(properties) {
  const element = createElement('c-di-error-panel', { is: DiErrorPanel });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return element.shadowRoot;
}

describe('c-di-error-panel', () => {
  afterEach(() => {
    while (document.body.firstChild) {
      document.body.removeChild(document.body.firstChild);
    }
  });

  it('shows nothing while there is no error', () => {
    expect(show({ title: 'Not saved' }).querySelector('[role="alert"]')).toBeNull();
  });

  it('announces the title and each message to a screen reader', () => {
    const root = show({ title: 'Not saved', errors: [{ body: { message: 'one' } }, new Error('two')] });
    const alert = root.querySelector('[role="alert"]');
    expect(alert.querySelector('h2').textContent).toBe('Not saved');
    expect([...alert.querySelectorAll('li')].map((item) => item.textContent)).toEqual(['one', 'two']);
  });
});
