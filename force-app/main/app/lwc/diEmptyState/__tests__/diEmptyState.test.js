import DiEmptyState from 'c/diEmptyState';
import { expectAccessible, find, leave, show } from 'test/lwc/screen';

describe('c-di-empty-state', () => {
  afterEach(leave);

  it('says what is missing and why one would want some', async () => {
    const element = await show('c-di-empty-state', DiEmptyState, {
      title: 'No project',
      hint: 'Create one.',
    });
    expect(find(element, 'h3').textContent).toBe('No project');
    expect(find(element, 'p').textContent).toBe('Create one.');
  });

  it('leaves the hint out where there is none', async () => {
    const element = await show('c-di-empty-state', DiEmptyState, { title: 'No project' });
    expect(find(element, 'p')).toBeNull();
  });
});

describe('c-di-empty-state to a screen reader', () => {
  afterEach(leave);

  it('is accessible', async () => {
    await expectAccessible(
      await show('c-di-empty-state', DiEmptyState, { title: 'No project', hint: 'Create one.' }),
    );
  });
});
