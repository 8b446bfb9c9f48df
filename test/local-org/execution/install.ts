import { platformException } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexReference } from '../values/object.ts';
import { addStatics, platformClass } from '../library/registry.ts';
import type { Version } from '../library/requests.ts';
import { methodOf } from './jobs.ts';
import { current } from './transaction.ts';

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

class UninstallContext extends PlatformObject {
  constructor() {
    super('System.UninstallContext');
  }
}
platformClass({
  name: 'System.UninstallContext',
  methods: {
    'organizationId/0': () => current().org.organization.id,
    'uninstallerId/0': () => current().user.id,
  },
});

function requireTest(): void {
  if (!current().test)
    throw platformException('System.TypeException', 'Test methods can only be called in a test');
}

/** Test.testInstall: the post-install script as it runs after an installation, or an upgrade from a version. */
function testInstall(handler: ApexReference | null, previous: Version | null, isPush = false): void {
  requireTest();
  methodOf(handler, 'oninstall/1')(new InstallContext(previous, isPush));
}

/** Test.testUninstall: the uninstall script as it runs before the package goes. */
function testUninstall(handler: ApexReference | null): void {
  requireTest();
  methodOf(handler, 'onuninstall/1')(new UninstallContext());
}

addStatics('System.Test', {
  'testInstall/2': (handler: ApexReference | null, previous: Version | null) => {
    testInstall(handler, previous);
  },
  'testInstall/3': testInstall,
  'testUninstall/1': testUninstall,
});
