import { holdText } from 'c/diHoldText';

describe('c-di-hold-text', () => {
  it.each([
    ['transfer-paused', 'c.Hold_Transfer_Paused'],
    ['table-archived', 'c.Hold_Table_Archived'],
    ['some-newer-reason', 'c.Hold_Other'],
  ])('says %s as %s', (reason, text) => {
    expect(holdText({ transferName: 'Contacts', reason, message: 'Later.' })).toBe(text);
  });
});
