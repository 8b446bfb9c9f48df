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
