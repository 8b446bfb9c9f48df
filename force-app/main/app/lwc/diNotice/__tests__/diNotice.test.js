import DiNotice from 'c/diNotice';
import { expectAccessible, find, leave, show } from 'test/lwc/screen';

describe('c-di-notice', () => {
  afterEach(leave);

  it('says its weight in an icon that a screen reader reads too', async () => {
    const element = await show('c-di-notice', DiNotice, { variant: 'warning', title: 'Careful' });
    const icon = find(element, 'lightning-icon');
    expect(icon.iconName).toBe('utility:warning');
    expect(icon.alternativeText).toBe('c.Severity_Warning');
    expect(find(element, 'p').textContent).toBe('Careful');
  });

  it('is plain without a weight', async () => {
    const element = await show('c-di-notice', DiNotice, { title: 'By the way' });
    expect(find(element, 'lightning-icon').variant).toBeUndefined();
  });

  it('is accessible', async () => {
    await expectAccessible(await show('c-di-notice', DiNotice, { variant: 'error', title: 'Wrong' }));
  });
});
