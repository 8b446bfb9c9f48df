import DiTransferFieldMapping from 'c/diTransferFieldMapping';
import describeObject from '@salesforce/apex/DI_DataTransferController.describeObject';
import describeParent from '@salesforce/apex/DI_DataTransferController.describeParent';
import checkTransfer from '@salesforce/apex/DI_DataTransferController.checkTransfer';
import checkWithDi from '@salesforce/apex/DI_DataTransferController.checkWithDi';
import {
  apexError,
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
} from 'test/lwc/screen';

const field = (path, type = 'STRING') => ({ path, label: path, type, length: 80 });
const DESCRIPTION = {
  fields: [field('Email', 'EMAIL'), field('LastName'), field('Title')],
  relationships: [{ name: 'Account', label: 'Account', objectName: 'Account' }],
};
const DRAFT = { projectId: 'a01', objectName: 'Contact', tableCode: 'Contact', fields: [] };
const MAPPING = {
  columns: { email: 'email', lastname: 'last_name', 'account.name': 'company', gone__c: 'x' },
};
const chosen = (path, isPrimaryKey = false) => ({ path, isPrimaryKey, isWrittenByDi: false });

/** Answers a result for each field, as Apex does. */
function checkWith(results = {}, problems = []) {
  checkTransfer.mockImplementation(({ draft }) =>
    Promise.resolve({
      problems,
      fields: draft.fields.map(({ path }) => ({ path, label: path, type: 'STRING', ...results[path] })),
    }),
  );
}

async function open({ draft = DRAFT, mapping = MAPPING, results, problems } = {}) {
  describeObject.mockResolvedValue(DESCRIPTION);
  describeParent.mockResolvedValue([field('Account.Name')]);
  checkWith(results, problems);
  return show('c-di-transfer-field-mapping', DiTransferFieldMapping, {
    draft,
    mapping,
    primaryKey: ['email'],
  });
}

const list = (element) => named(element, 'fields');
const rowsOf = (element) => findAll(element, 'tbody tr').map((row) => row.dataset.path);

describe('c-di-transfer-field-mapping', () => {
  afterEach(leave);

  it('says that it is loading', async () => {
    describeObject.mockReturnValue(new Promise(() => {}));
    const element = await show('c-di-transfer-field-mapping', DiTransferFieldMapping, { draft: DRAFT });
    expect(find(element, 'lightning-spinner')).not.toBeNull();
  });

  it('begins with what DI maps, its primary key marked, and leaves out what is not there', async () => {
    const element = await open();
    expect(list(element).value).toEqual(['Email', 'LastName', 'Account.Name']);
    expect(describeParent).toHaveBeenCalledTimes(1);
    const { draft } = checkTransfer.mock.lastCall[0];
    expect(draft.fields[0]).toEqual(chosen('Email', true));
  });

  it('keeps what a transfer has, also of its parents', async () => {
    const draft = { ...DRAFT, fields: [chosen('Account.Name', true)] };
    const element = await open({ draft });
    expect(list(element).value).toEqual(['Account.Name']);
    expect(list(element).options.map(({ value }) => value)).toContain('Account.Name');
  });

  it('starts with nothing where DI maps nothing', async () => {
    const element = await open({ mapping: null });
    expect(list(element).value).toEqual([]);
    expect(element.shadowRoot.textContent).toContain('c.Fields_None_Yet');
  });

  it('names each field’s type in the list', async () => {
    const element = await open();
    expect(list(element).options[0].label).toMatch(/^Account.Name · c.Type_Text\(80\)$/);
  });

  it('offers the fields of a parent when it is chosen, once', async () => {
    const element = await open({ mapping: null });
    await change(named(element, 'parent'), { value: 'Account' });
    await change(named(element, 'parent'), { value: 'Account' });
    await change(named(element, 'parent'), { value: '' });
    expect(describeParent).toHaveBeenCalledTimes(1);
    expect(list(element).options).toHaveLength(4);
  });

  it('tells what was chosen, a mapped key marked by itself', async () => {
    const element = await open({
      mapping: { columns: { email: 'email' } },
      draft: { ...DRAFT, fields: [chosen('Title')] },
    });
    const told = heard(element, 'fieldschange');
    await change(list(element), { value: ['Title', 'Email'] });
    expect(told.at(-1).fields).toEqual([chosen('Title'), chosen('Email', true)]);
    expect(rowsOf(element)).toEqual(['Title', 'Email']);
  });

  it('shows beside a field what is wrong with it', async () => {
    const element = await open({
      results: {
        Email: { severity: 'warning', message: 'May be empty.', column: 'email', columnType: 'email' },
        LastName: {
          severity: 'error',
          message: 'Does not fit.',
          column: 'last_name',
          columnType: 'text',
          columnLength: 40,
        },
      },
    });
    const cell = (path) => find(element, `tr[data-path="${path}"] [data-severity]`);
    expect(cell('Email').dataset.severity).toBe('warning');
    expect(cell('Email').textContent).toContain('May be empty.');
    expect(cell('LastName').querySelector('lightning-icon').alternativeText).toBe('c.Severity_Error');
    expect(cell('Account.Name').dataset.severity).toBe('fits');
    expect(find(element, 'tr[data-path="LastName"]').textContent).toContain('text(40)');
  });

  it('tells what is wrong with the transfer as a whole', async () => {
    const problems = [{ severity: 'error', message: 'No primary key.' }];
    const element = await open({ problems });
    const told = heard(element, 'checked');
    checkWithDi.mockResolvedValue({ problems, fields: [] });
    await element.checkWithDi();
    expect(told[0].problems).toEqual(problems);
  });

  it('shows what DI says of a field until DI is asked again, and what weighs more', async () => {
    const element = await open({ results: { Email: { severity: 'warning', message: 'May be empty.' } } });
    const answer = (path, severity) => ({ path, label: path, severity, message: 'DI.', isFromDi: true });
    checkWithDi.mockResolvedValue({
      problems: [],
      fields: [answer('Email', 'warning'), answer('LastName', 'error')],
    });
    await element.checkWithDi();
    await change(list(element), { value: ['Email', 'LastName', 'Title'] });
    const cell = (path) => find(element, `tr[data-path="${path}"] [data-severity]`);
    expect(cell('Email').textContent).toContain('May be empty.');
    expect(cell('LastName').dataset.severity).toBe('error');
    expect(cell('Title').dataset.severity).toBe('fits');
    checkWithDi.mockResolvedValue({ problems: [], fields: [{ path: 'LastName', label: 'LastName' }] });
    await element.checkWithDi();
    await settled();
    expect(cell('LastName').dataset.severity).toBe('fits');
  });

  it('marks the primary key and what DI writes', async () => {
    const element = await open({ draft: { ...DRAFT, fields: [chosen('Email')] } });
    const told = heard(element, 'fieldschange');
    const [key, written] = findAll(element, 'tbody lightning-input');
    await change(key, { checked: true });
    await change(written, { checked: true });
    expect(told.at(-1).fields).toEqual([{ path: 'Email', isPrimaryKey: true, isWrittenByDi: true }]);
  });

  it('says why it could not be loaded, and tries again', async () => {
    describeObject.mockRejectedValueOnce(apexError('No such object.'));
    checkWith();
    const element = await show('c-di-transfer-field-mapping', DiTransferFieldMapping, { draft: DRAFT });
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('No such object.'));
    describeObject.mockResolvedValue(DESCRIPTION);
    await press(element, 'c.Action_Try_Again');
    expect(list(element)).toBeTruthy();
  });

  it('says why the fields could not be checked', async () => {
    const element = await open();
    checkTransfer.mockRejectedValueOnce(apexError('Gone.'));
    await change(list(element), { value: ['Email'] });
    await settled();
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('Gone.'));
  });

  it('is accessible', async () => {
    await expectAccessible(
      await open({ results: { Email: { severity: 'error', message: 'Does not fit.' } } }),
    );
  });
});
