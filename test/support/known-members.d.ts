import type { Shape } from '../local-org/rest/aura-answers.ts';

export interface GuardOptions {
  readonly types: Readonly<Record<string, Shape>>;
  readonly report: (message: string) => void;
  readonly isReadOnly?: boolean;
}

export function guarded(value: unknown, shape: Shape, name: string, options: GuardOptions): unknown;
export function strangersIn(
  value: unknown,
  shape: Shape,
  name: string,
  types: Readonly<Record<string, Shape>>,
): string[];
