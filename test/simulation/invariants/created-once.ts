import type { History } from '../history.ts';

/** Of a person of whom the project heard first Salesforce has one record at most, whatever befell the call that made it. */
export async function createdOnce(history: History): Promise<string[]> {
  const contacts = await history.contacts();
  return history.newPeople.flatMap(({ email, lastName }) => {
    const made = contacts.filter((each) => each.LastName === lastName && each.Email === email);
    return made.length < 2
      ? []
      : [`${email} was made ${made.length} times: ${made.map(({ Id: id }) => id).join(', ')}.`];
  });
}
