import { describe, expect, it } from 'vitest';
import { faultsOf, type LockedPackage } from '../../scripts/supply/lock-file.ts';

const WELL: LockedPackage = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' };

describe('a package of others', () => {
  it.each<[string, LockedPackage, RegExp | null]>([
    ['as it should be', WELL, null],
    ['without a checksum', { version: '1.0.0', license: 'MIT' }, /no checksum/],
    ['of a registry that is named', { ...WELL, resolved: 'https://example.com/a.tgz' }, /names a registry/],
    ['under a licence that asks for more', { ...WELL, license: 'GPL-3.0-only' }, /GPL-3\.0-only/],
    ['without a licence', { integrity: 'sha512-x' }, /no licence/],
    ['under one of two licences', { ...WELL, license: '(GPL-3.0-only OR MIT)' }, null],
    ['that is not shipped, whatever its licence', { ...WELL, license: 'GPL-3.0-only', dev: true }, null],
    ['that runs a script', { ...WELL, hasInstallScript: true }, /runs a script/],
  ])('%s', (_what, each, fault) => {
    const faults = faultsOf({ 'node_modules/a': each });
    expect(faults).toEqual(fault === null ? [] : [expect.stringMatching(fault)]);
  });

  it('is none where it is a folder of this project, and the link to it', () => {
    const own = { 'test/a': { version: '1.0.0' }, 'node_modules/@own/a': { resolved: 'test/a', link: true } };
    expect(faultsOf(own)).toEqual([]);
  });
});
