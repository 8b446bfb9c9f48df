import DiDestinationProjectForm from 'c/diDestinationProjectForm';
import saveProject from '@salesforce/apex/DI_DestinationProjectController.saveProject';
import checkEndpoint from '@salesforce/apex/DI_DestinationProjectController.checkEndpoint';
import authorize from '@salesforce/apex/DI_DestinationProjectController.authorize';
import {
  apexError,
  button,
  change,
  expectAccessible,
  find,
  findAll,
  heard,
  leave,
  named,
  press,
  settled,
  show,
  toasts,
} from 'test/lwc/screen';

const OK = { outcome: 'ok', message: 'DI answers.' };

async function open(project = {}) {
  const element = await show('c-di-destination-project-form', DiDestinationProjectForm, { project });
  for (const input of findAll(element, 'lightning-input')) input.reportValidity = jest.fn(() => true);
  return element;
}

async function fill(element, values) {
  // One field after the other, as people do.
  await Object.entries(values).reduce(
    (before, [name, value]) => before.then(() => change(named(element, name), { name, value })),
    Promise.resolve(),
  );
}

describe('c-di-destination-project-form', () => {
  afterEach(leave);

  it('starts empty for a new project, whose secret is required', async () => {
    const element = await open();
    expect(find(element, 'h2').textContent).toBe('c.Project_New');
    const secret = named(element, 'secret');
    expect(secret.type).toBe('password');
    expect(secret.required).toBe(true);
  });

  it('keeps the secret of a project that has one', async () => {
    const element = await open({ id: 'a01', name: 'News', endpoint: 'https://di', hasSecret: true });
    expect(named(element, 'secret').required).toBe(false);
    expect(element.shadowRoot.textContent).toContain('c.Project_Secret_Kept');
  });

  it('checks the address, and says what to do where the remote site is missing', async () => {
    const element = await open();
    await fill(element, { name: 'News', endpoint: 'https://di' });
    checkEndpoint.mockResolvedValue({ outcome: 'remote-site', message: 'Add a remote site.' });
    await press(element, 'c.Project_Check');
    const notice = find(element, 'c-di-notice[data-check="remote-site"]');
    expect(notice.title).toBe('Add a remote site.');
    expect(notice.querySelector('a').getAttribute('href')).toContain('SecurityRemoteProxy');
    await fill(element, { endpoint: 'https://other' });
    expect(find(element, 'c-di-notice')).toBeNull();
  });

  it('saves without authorizing', async () => {
    const element = await open();
    const [closed, said] = [heard(element, 'close'), toasts(element)];
    saveProject.mockResolvedValue('a01');
    await fill(element, { name: 'News', endpoint: 'https://di' });
    await press(element, 'c.Action_Save');
    expect(saveProject).toHaveBeenCalledWith({ projectId: null, name: 'News', endpoint: 'https://di' });
    expect(authorize).not.toHaveBeenCalled();
    expect(closed).toHaveLength(1);
    expect(said[0].variant).toBe('success');
  });

  it('saves and authorizes, and says which tables there are', async () => {
    const element = await open();
    const [closed, said] = [heard(element, 'close'), toasts(element)];
    saveProject.mockResolvedValue('a01');
    checkEndpoint.mockResolvedValue(OK);
    authorize.mockResolvedValue({ project: { name: 'Demo' }, catalog: { tables: [{ code: 'Contact' }] } });
    await fill(element, { name: 'News', endpoint: 'https://di', keyId: 'key', secret: 'secret' });
    await press(element, 'c.Project_Save_And_Authorize');
    expect(authorize).toHaveBeenCalledWith({ projectId: 'a01', keyId: 'key', secret: 'secret' });
    expect(said[0].title).toBe('c.Project_Authorized');
    expect(closed).toHaveLength(1);
  });

  it('makes no second project where the first try was refused', async () => {
    const element = await open();
    saveProject.mockResolvedValue('a01');
    checkEndpoint.mockResolvedValue(OK);
    authorize.mockRejectedValue(apexError('The secret is not right.'));
    await fill(element, { name: 'News', endpoint: 'https://di', keyId: 'key', secret: 'wrong' });
    await press(element, 'c.Project_Save_And_Authorize');
    expect(find(element, 'c-di-error-panel').title).toBe('c.Project_Not_Authorized');
    await press(element, 'c.Project_Save_And_Authorize');
    expect(saveProject).toHaveBeenLastCalledWith(expect.objectContaining({ projectId: 'a01' }));
  });

  it('does not try the keys where the address does not answer', async () => {
    const element = await open();
    saveProject.mockResolvedValue('a01');
    checkEndpoint.mockResolvedValue({ outcome: 'unreachable', message: 'No answer.' });
    await press(element, 'c.Project_Save_And_Authorize');
    expect(authorize).not.toHaveBeenCalled();
    expect(find(element, 'c-di-notice').title).toBe('No answer.');
  });

  it('calls nothing while something required is missing, and puts the focus there', async () => {
    const element = await open();
    const name = named(element, 'name');
    name.reportValidity = jest.fn(() => false);
    name.focus = jest.fn();
    await press(element, 'c.Action_Save');
    await press(element, 'c.Project_Check');
    await press(element, 'c.Project_Save_And_Authorize');
    expect(saveProject).not.toHaveBeenCalled();
    expect(checkEndpoint).not.toHaveBeenCalled();
    expect(name.focus).toHaveBeenCalledTimes(3);
  });

  it('is busy while it works, and says what was refused', async () => {
    const element = await open();
    let refuse;
    saveProject.mockReturnValue(new Promise((_, reject) => (refuse = reject)));
    await press(element, 'c.Action_Save');
    expect(find(element, 'lightning-spinner')).not.toBeNull();
    refuse(apexError('No.'));
    await settled();
    expect(find(element, 'lightning-spinner')).toBeNull();
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('No.'));
  });

  it('is given up without a call', async () => {
    const element = await open();
    const closed = heard(element, 'close');
    await press(element, 'c.Action_Cancel');
    expect(closed).toHaveLength(1);
    expect(button(element, 'c.Action_Save')).toBeTruthy();
  });

  it('is accessible, new and suspended', async () => {
    await expectAccessible(await open());
    await expectAccessible(await open({ id: 'a01', name: 'News', status: 'Suspended', message: 'Revoked.' }));
  });
});
