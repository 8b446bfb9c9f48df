import { current } from '../execution/transaction.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import { ApexList } from '../values/collections.ts';
import { platformException, throwNull } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { Bean, beanClass, newBean } from './beans.ts';
import { platformClass } from './registry.ts';

const platform = (name: string): TypeRef => ({ kind: 'platform', name, arguments: [] });

beanClass('Messaging.Email');
for (const name of [
  'Messaging.SingleEmailMessage',
  'Messaging.MassEmailMessage',
  'Messaging.EmailFileAttachment',
  'Messaging.EmailAttachment',
  'Messaging.InboundEmail',
  'Messaging.InboundEmail.Header',
  'Messaging.InboundEmail.BinaryAttachment',
  'Messaging.InboundEmail.TextAttachment',
  'Messaging.InboundEmail.AuthenticationResult',
  'Messaging.InboundEmail.AuthenticationResultField',
  'Messaging.InboundEnvelope',
  'Messaging.InboundEmailResult',
  'Messaging.SendEmailResult',
  'Messaging.SendEmailError',
])
  beanClass(name);
interface EmailProblem {
  readonly statusCode: string;
  readonly message: string;
}

const isAddress = (value: ApexValue): boolean =>
  typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
/** A user's or contact's id may stand among the addresses. */
const isRecordId = (value: ApexValue): boolean =>
  typeof value === 'string' && /^(?:003|005|00Q)[a-zA-Z0-9]{12}(?:[a-zA-Z0-9]{3})?$/.test(value);

/** What the platform would refuse a message for. */
function problemOf(email: Bean): EmailProblem | null {
  const addresses = ['toAddresses', 'ccAddresses', 'bccAddresses'].flatMap((name) => {
    const list = email.get(name);
    return list instanceof ApexList ? list.items : [];
  });
  const isMass = email.get('targetObjectIds') !== null;
  if (addresses.length === 0 && email.get('targetObjectId') === null && !isMass)
    return { statusCode: 'REQUIRED_FIELD_MISSING', message: 'Add a recipient to send an email.' };
  const wrong = addresses.find((each) => !isAddress(each) && !isRecordId(each));
  if (wrong !== undefined)
    return { statusCode: 'INVALID_EMAIL_ADDRESS', message: `Email address is invalid: ${String(wrong)}` };
  const hasBody = ['plainTextBody', 'htmlBody', 'templateId'].some((name) => email.get(name) !== null);
  if (!hasBody)
    return {
      statusCode: 'REQUIRED_FIELD_MISSING',
      message:
        'Missing body: provide at least one of the following: HTML body, plain text body, or template ID.',
    };
  return null;
}

/** Counts the call against the limit and says what became of each message. Nothing leaves the local org. */
function sendEmail(emails: ApexList | null, allOrNothing: boolean): ApexList {
  current().limits.count('emailInvocations');
  const results = (emails ?? throwNull()).items.map((email, index) => {
    const problem = problemOf(email instanceof Bean ? email : throwNull());
    if (problem && allOrNothing)
      throw platformException(
        'System.EmailException',
        `SendEmail failed. First exception on row ${index}; first error: ${problem.statusCode}, ${problem.message}: []`,
      );
    const errors = problem
      ? [
          newBean('Messaging.SendEmailError', {
            message: problem.message,
            statusCode: platformEnum('System.StatusCode', problem.statusCode),
            fields: new ApexList({ kind: 'primitive', name: 'String' }),
          }),
        ]
      : [];
    if (!problem && email instanceof Bean) current().sentEmails.push(email);
    return newBean('Messaging.SendEmailResult', {
      success: problem === null,
      errors: new ApexList(platform('Messaging.SendEmailError'), errors),
    });
  });
  return new ApexList(platform('Messaging.SendEmailResult'), results);
}

platformClass({
  name: 'System.Messaging',
  statics: {
    'sendEmail/1': (emails: ApexList | null) => sendEmail(emails, true),
    'sendEmail/2': (emails: ApexList | null, allOrNothing: boolean) => sendEmail(emails, allOrNothing),
    // What is left of the day's emails is not counted here: there is always enough.
    'reserveSingleEmailCapacity/1': () => undefined,
    'reserveMassEmailCapacity/1': () => undefined,
  },
});
