import DiRecordPanel from 'c/diRecordPanel';
import readState from '@salesforce/apex/DI_RecordController.state';
import { expectAccessible, find, leave, show } from 'test/lwc/screen';

jest.mock('@salesforce/customPermission/DI_View', () => ({ default: undefined }), { virtual: true });
jest.mock('@salesforce/customPermission/DI_Configure', () => ({ default: undefined }), { virtual: true });

describe('c-di-record-panel of a user without the permission', () => {
  afterEach(leave);

  it('says a plain sentence, and calls nothing', async () => {
    const element = await show('c-di-record-panel', DiRecordPanel, { recordId: '003000000000001AAA' });
    expect(find(element, '[data-no-access]').title).toBe('c.DI_Not_Permitted_To_View');
    expect(readState).not.toHaveBeenCalled();
    await expectAccessible(element);
  });
});
