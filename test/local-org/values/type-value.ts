import { PlatformObject } from './instance.ts';
import { typeName, type TypeRef } from './type-ref.ts';

/** A System.Type. */
export class ApexType extends PlatformObject {
  readonly described: TypeRef;
  constructor(described: TypeRef) {
    super('System.Type');
    this.described = described;
  }
  contentKey(): string {
    return `type:${typeName(this.described)}`;
  }
  override toString(): string {
    return typeName(this.described);
  }
}
