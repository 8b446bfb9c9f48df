import DiObjectPicker from 'c/diObjectPicker';
import { expectAccessible, find, findAll, heard, leave, settled, show } from 'test/lwc/screen';

const OPTIONS = [
  { name: 'Account', label: 'Account' },
  { name: 'AccountContactRole', label: 'Account Contact Role' },
  { name: 'Contact', label: 'Contact' },
  { name: 'Region__c', label: 'Région' },
];

const open = () => show('c-di-object-picker', DiObjectPicker, { options: OPTIONS });
const names = (element) => findAll(element, '[role="option"]').map((option) => option.dataset.name);

async function type(element, text) {
  const input = find(element, 'input');
  input.value = text;
  input.dispatchEvent(new CustomEvent('input'));
  await settled();
}

async function key(element, name) {
  find(element, 'input').dispatchEvent(new KeyboardEvent('keydown', { key: name }));
  await settled();
}

describe('c-di-object-picker', () => {
  afterEach(leave);

  it('is closed until somebody comes', async () => {
    const element = await open();
    expect(names(element)).toEqual([]);
    expect(find(element, 'input').getAttribute('aria-expanded')).toBe('false');
    find(element, 'input').dispatchEvent(new CustomEvent('focus'));
    await settled();
    expect(names(element)).toHaveLength(4);
  });

  it('finds by label and API name, what is called so first', async () => {
    const element = await open();
    await type(element, 'contact');
    expect(names(element)).toEqual(['Contact', 'AccountContactRole']);
    await type(element, 'region__');
    expect(names(element)).toEqual(['Region__c']);
  });

  it('says that nothing was found', async () => {
    const element = await open();
    await type(element, 'zzz');
    expect(find(element, 'ul').textContent).toContain('c.None');
  });

  it('is worked by keys alone', async () => {
    const element = await open();
    const changes = heard(element, 'change');
    await type(element, 'account');
    await key(element, 'ArrowDown');
    expect(find(element, '[aria-selected="true"]').dataset.name).toBe('AccountContactRole');
    expect(find(element, 'input').getAttribute('aria-activedescendant')).toBe(
      find(element, '[aria-selected="true"]').id,
    );
    await key(element, 'ArrowUp');
    await key(element, 'Enter');
    expect(changes).toEqual([{ value: 'Account' }]);
    expect(find(element, 'input').value).toBe('Account (Account)');
  });

  it('gives up on Escape and when it is left', async () => {
    const element = await open();
    await key(element, 'ArrowDown');
    expect(names(element)).toHaveLength(4);
    await key(element, 'Escape');
    expect(names(element)).toEqual([]);
    await type(element, 'con');
    find(element, 'input').dispatchEvent(new CustomEvent('blur'));
    await settled();
    expect(names(element)).toEqual([]);
  });

  it('takes a click', async () => {
    const element = await open();
    const changes = heard(element, 'change');
    await type(element, 'con');
    find(element, '[data-name="Contact"]').dispatchEvent(new CustomEvent('mousedown'));
    await settled();
    expect(changes).toEqual([{ value: 'Contact' }]);
  });

  it('is accessible, closed and open', async () => {
    const element = await open();
    await expectAccessible(element);
    await type(element, 'con');
    await expectAccessible(element);
  });
});
