import { holdText } from 'c/diHoldText';

describe('c-di-hold-text', () => {
  it.each([
    ['transfer-paused', 'c.DI_Hold_Transfer_Paused'],
    ['table-archived', 'c.DI_Hold_Table_Archived'],
    ['some-newer-reason', 'c.DI_Hold_Other'],
  ])('says %s as %s', (reason, text) => {
    expect(holdText({ transferName: 'Contacts', reason, message: 'Later.' })).toBe(text);
  });
});
