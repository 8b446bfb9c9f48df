import { platformException, throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexReference } from '../values/object.ts';
import { addStatics, platformClass } from '../library/registry.ts';
import { methodOf } from './jobs.ts';
import { current } from './transaction.ts';

class Version extends PlatformObject {
  readonly parts: readonly number[];
  constructor(parts: readonly number[]) {
    super('System.Version');
    this.parts = parts;
  }

  part(index: number): number {
    return this.parts[index] ?? 0;
  }
}
platformClass({
  name: 'System.Version',
  constructors: {
    'new/2': (major: number, minor: number) => new Version([major, minor]),
    'new/3': (major: number, minor: number, patch: number) => new Version([major, minor, patch]),
  },
  methods: {
    'major/0': (version: Version) => version.part(0),
    'minor/0': (version: Version) => version.part(1),
    'patch/0': (version: Version) => version.parts[2] ?? null,
    'compareTo/1': (version: Version, other: Version | null) => {
      const than = other ?? throwNull();
      const differing = [0, 1, 2].find((index) => version.part(index) !== than.part(index));
      return differing === undefined ? 0 : Math.sign(version.part(differing) - than.part(differing));
    },
  },
});

class InstallContext extends PlatformObject {
  readonly previous: Version | null;
  readonly isPush: boolean;
  constructor(previous: Version | null, isPush: boolean) {
    super('System.InstallContext');
    this.previous = previous;
    this.isPush = isPush;
  }
}
platformClass({
  name: 'System.InstallContext',
  methods: {
    'organizationId/0': () => current().org.organization.id,
    'installerId/0': () => current().user.id,
    'isUpgrade/0': (context: InstallContext) => context.previous !== null,
    'isPush/0': (context: InstallContext) => context.isPush,
    'previousVersion/0': (context: InstallContext) => context.previous,
  },
});

/** Test.testInstall: the post-install script as it runs after an installation, or an upgrade from a version. */
function testInstall(handler: ApexReference | null, previous: Version | null, isPush = false): void {
  if (!current().test)
    throw platformException('System.TypeException', 'Test methods can only be called in a test');
  methodOf(handler, 'oninstall/1')(new InstallContext(previous, isPush));
}

addStatics('System.Test', {
  'testInstall/2': (handler: ApexReference | null, previous: Version | null) => {
    testInstall(handler, previous);
  },
  'testInstall/3': testInstall,
});
