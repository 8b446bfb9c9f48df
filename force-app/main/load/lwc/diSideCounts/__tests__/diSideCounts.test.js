import DiSideCounts from 'c/diSideCounts';
import countBothSides from '@salesforce/apex/DI_InitialLoadController.countBothSides';
import { apexError, expectAccessible, find, findAll, leave, press, show } from 'test/lwc/screen';

const open = () => show('c-di-side-counts', DiSideCounts, { transferId: 'b01' });
const named = (element) => findAll(element, '[data-count]').map(({ dataset }) => dataset.count);

describe('c-di-side-counts', () => {
  afterEach(leave);

  it('counts when somebody wants to know, and says what explains a difference', async () => {
    const element = await open();
    expect(countBothSides).not.toHaveBeenCalled();
    countBothSides.mockResolvedValue({ inSalesforce: 12, withoutKey: 1, inDi: 10, archived: 0, rivals: 2 });
    await press(element, 'c.DI_Counts_Run');
    expect(countBothSides).toHaveBeenCalledWith({ transferId: 'b01' });
    expect(named(element)).toEqual(['salesforce', 'di', 'without-key', 'rivals']);
    await expectAccessible(element);
  });

  it('says that there are too many to be counted', async () => {
    const element = await open();
    countBothSides.mockResolvedValue({ inDi: 10, archived: 0, rivals: 0 });
    await press(element, 'c.DI_Counts_Run');
    expect(find(element, '[data-count=salesforce]').textContent).toBe('c.DI_Counts_Salesforce');
    expect(named(element)).toEqual(['salesforce', 'di']);
  });

  it('says why they could not be counted', async () => {
    const element = await open();
    countBothSides.mockRejectedValue(apexError('Unreachable.'));
    await press(element, 'c.DI_Counts_Run');
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Counts_Failed');
    expect(named(element)).toEqual([]);
  });
});
