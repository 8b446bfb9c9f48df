import DiDestinationProjectList from 'c/diDestinationProjectList';
import listProjects from '@salesforce/apex/DI_DestinationProjectController.listProjects';
import { apexError, button, expectAccessible, find, leave, press, settled, show } from 'test/lwc/screen';

const NEWS = { id: 'a01', name: 'News', endpoint: 'https://di', status: 'Authorized', transfers: 1 };
const SHOP = { id: 'a02', name: 'Shop', endpoint: 'https://di', status: 'Suspended', message: 'Revoked.' };

const open = (projects) => {
  listProjects.mockResolvedValue(projects);
  return show('c-di-destination-project-list', DiDestinationProjectList);
};

describe('c-di-destination-project-list', () => {
  afterEach(leave);

  it('says that it is loading', async () => {
    let answer;
    listProjects.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const element = await show('c-di-destination-project-list', DiDestinationProjectList);
    expect(find(element, 'lightning-spinner').alternativeText).toBe('c.Loading');
    answer([]);
    await settled();
    expect(find(element, 'lightning-spinner')).toBeNull();
  });

  it('says what a project is for where there is none, and makes one', async () => {
    const element = await open([]);
    expect(find(element, 'c-di-empty-state').title).toBe('c.Projects_Empty');
    await press(element, 'c.Action_New');
    expect(find(element, 'c-di-destination-project-form').project).toEqual({});
  });

  it('says why it could not be loaded, and tries again', async () => {
    listProjects.mockRejectedValueOnce(apexError('You may not.'));
    const element = await show('c-di-destination-project-list', DiDestinationProjectList);
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('You may not.'));
    listProjects.mockResolvedValue([NEWS]);
    await press(element, 'c.Action_Try_Again');
    expect(find(element, 'c-di-error-panel')).toBeNull();
    expect(find(element, 'lightning-datatable').data).toHaveLength(1);
  });

  it('lists several projects with their status in words', async () => {
    const element = await open([NEWS, SHOP]);
    const { data } = find(element, 'lightning-datatable');
    expect(data.map(({ statusLabel }) => statusLabel)).toEqual(['c.Status_Authorized', 'c.Status_Suspended']);
  });

  it('says that a project is suspended, and why', async () => {
    const element = await open([NEWS, SHOP]);
    const notice = find(element, 'c-di-notice');
    expect(notice.title).toBe('Shop');
    expect(notice.textContent).toContain('Revoked.');
  });

  it('offers to authorize, or to do it again', async () => {
    const element = await open([NEWS]);
    const { rowActions } = find(element, 'lightning-datatable').columns.at(-1).typeAttributes;
    const labels = (row) => new Promise((resolve) => rowActions(row, resolve));
    expect((await labels(NEWS))[1].label).toBe('c.Project_Authorize_Again');
    expect((await labels({ status: 'Not authorized' }))[1].label).toBe('c.Project_Authorize');
  });

  it('edits the project of a row, reads anew when it is saved, and closes the form', async () => {
    const element = await open([NEWS]);
    find(element, 'lightning-datatable').dispatchEvent(
      new CustomEvent('rowaction', { detail: { action: { name: 'edit' }, row: { id: 'a01' } } }),
    );
    await settled();
    const form = find(element, 'c-di-destination-project-form');
    expect(form.project).toEqual(NEWS);
    form.dispatchEvent(new CustomEvent('saved'));
    await settled();
    expect(listProjects).toHaveBeenCalledTimes(2);
    form.dispatchEvent(new CustomEvent('close'));
    await settled();
    expect(find(element, 'c-di-destination-project-form')).toBeNull();
    expect(button(element, 'c.Action_New')).toBeTruthy();
  });

  it('is accessible, empty, filled and failed', async () => {
    await expectAccessible(await open([]));
    await expectAccessible(await open([NEWS, SHOP]));
    listProjects.mockRejectedValueOnce(apexError('You may not.'));
    await expectAccessible(await show('c-di-destination-project-list', DiDestinationProjectList));
  });
});
