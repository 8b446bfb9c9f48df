import { describe, expect, it } from 'vitest';
import { isPublicAddress, lookupPublic } from '../../../server/src/operations/public-addresses.ts';
import { webhookFault } from '../../../server/src/operations/webhook.ts';

describe('an address of the internet', () => {
  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.2.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'localhost',
    '',
  ])('is not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.169.0.1', '2606:4700::1111', '2a00:1450::1'])(
    'is %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('the look-up for a webhook', () => {
  const looked = (all: boolean): Promise<Error | null> =>
    new Promise((resolve) => {
      lookupPublic('localhost', { all }, resolve);
    });

  it('refuses a name that leads into this network, whether all of its addresses are asked for or one', async () => {
    expect(await looked(true)).toMatchObject({ name: 'PrivateAddress' });
    expect(await looked(false)).toMatchObject({ name: 'PrivateAddress' });
  });
});

describe('the address of a webhook', () => {
  it.each([
    ['https://hooks.example.com/a?b=c', null],
    ['http://hooks.example.com/', /https/],
    ['https://user:word@hooks.example.com/', /user/],
    ['https://127.0.0.1/', /internet/],
    ['https://0x7f000001/', /internet/],
    ['https://2130706433/', /internet/],
    ['https://[::1]/', /internet/],
    ['https://[::ffff:169.254.169.254]/', /internet/],
    ['ftp://hooks.example.com/', /https/],
    ['javascript:alert(1)', /https/],
    ['not a url', /URL/],
    ['http://inside.example.com:8080/hook', null],
    ['http://inside.example.com/hook', /https/],
  ])('%s', (address, fault) => {
    const found = webhookFault(address, ['inside.example.com:8080']);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });
});
