import { errorMessages } from 'c/diErrorMessages';

describe('errorMessages', () => {
  it('is empty where there is no error', () => {
    expect(errorMessages(null)).toEqual([]);
    expect(errorMessages([undefined])).toEqual([]);
  });

  it('reads the message an Apex method threw', () => {
    expect(errorMessages({ body: { message: 'The secret is wrong.' } })).toEqual(['The secret is wrong.']);
  });

  it('reads every problem the UI API lists', () => {
    expect(errorMessages({ body: [{ message: 'one' }, { message: 'two' }] })).toEqual(['one', 'two']);
  });

  it('prefers what is wrong with the fields over the general sentence of a refused record', () => {
    const error = {
      body: {
        message: 'An error occurred while trying to update the record.',
        output: { errors: [], fieldErrors: { Name: [{ message: 'Complete this field.' }] } },
      },
    };
    expect(errorMessages(error)).toEqual(['Complete this field.']);
  });

  it('keeps the general sentence when the record names no field', () => {
    expect(errorMessages({ body: { message: 'Refused.', output: { errors: [] } } })).toEqual(['Refused.']);
  });

  it('reads plain errors and strings, each message once', () => {
    expect(errorMessages([new Error('offline'), 'offline', { statusText: 'Not Found' }])).toEqual([
      'offline',
      'Not Found',
    ]);
  });

  it('names an error that says nothing', () => {
    expect(errorMessages({})).toEqual(['Unknown error']);
  });
});
