import { SourceError } from './object.ts';

/**
 * Something of the platform that the local org lacks: never a fault of the source. It is no Apex exception: no catch block
 * holds it, so code that reaches it ends there.
 */
export class Unsupported extends SourceError {
  readonly feature: string;
  constructor(file: string, line: number, column: number, feature: string) {
    super(file, line, column, `${feature} is not supported by the local org`);
    this.name = 'Unsupported';
    this.feature = feature;
  }
}
