import EmptyState from 'c/emptyState';
import { expectAccessible, find, leave, show } from 'test/lwc/screen';

describe('c-empty-state', () => {
  afterEach(leave);

  it('says what is missing and why one would want some', async () => {
    const element = await show('c-empty-state', EmptyState, { title: 'No project', hint: 'Create one.' });
    expect(find(element, 'h3').textContent).toBe('No project');
    expect(find(element, 'p').textContent).toBe('Create one.');
  });

  it('leaves the hint out where there is none', async () => {
    const element = await show('c-empty-state', EmptyState, { title: 'No project' });
    expect(find(element, 'p')).toBeNull();
  });
});

describe('c-empty-state to a screen reader', () => {
  afterEach(leave);

  it('is accessible', async () => {
    await expectAccessible(
      await show('c-empty-state', EmptyState, { title: 'No project', hint: 'Create one.' }),
    );
  });
});
