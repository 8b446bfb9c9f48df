import { fillIn, momentOf } from 'c/diLabelText';

describe('labelText', () => {
  it('fills in places by their number, each as often as it stands', () => {
    expect(fillIn('{1} of {0}, {1}', 'two', 1)).toBe('1 of two, 1');
  });

  it('leaves a place empty where there is no value', () => {
    expect(fillIn('[{0}{1}]', null)).toBe('[]');
  });

  it('reads moments, and nothing as nothing', () => {
    expect(momentOf('2026-11-21T10:00:00.000Z')).toBe(Date.UTC(2026, 10, 21, 10));
    expect(momentOf(undefined)).toBeNull();
  });
});
