import { statusLabel } from 'c/diStatusLabel';

describe('statusLabel', () => {
  it('says a status in the user’s language, and one it does not know as it is', () => {
    expect(statusLabel('Not authorized')).toBe('c.Status_Not_Authorized');
    expect(statusLabel('Paused')).toBe('c.Status_Paused');
    expect(statusLabel('Other')).toBe('Other');
  });
});
