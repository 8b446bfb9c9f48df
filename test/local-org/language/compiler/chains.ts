import type { Expression } from '../syntax/ast.ts';
import type { Compiled, SafeChain, Unit } from './context.ts';

/**
 * Adds a link, `.b`, `.b()` or `[b]`, to what stands in front of it. Where `?.` comes earlier in the chain the link is
 * left out with the rest: `a?.b().c` is null where `a` is. (Apex Developer Guide, Safe Navigation Operator.)
 */
export function link(target: Compiled, then: (target: Compiled) => Compiled): Compiled {
  if (!target.chain) return then(target);
  return chained(then({ ...endOfChain(target), js: target.chain.js }), target.chain);
}

/** Adds a link by `?.`: this one and those that follow it are left out where the target is null. */
export function safeLink(unit: Unit, target: Compiled, then: (target: Compiled) => Compiled): Compiled {
  const temporary = unit.temporary();
  return link(target, (value) => {
    const inner = then({ ...value, js: temporary });
    return chained(inner, {
      js: inner.js,
      around: (js) => `$.safe(${value.js}, (${temporary}) => ${js})`,
    });
  });
}

function chained(inner: Compiled, outer: SafeChain): Compiled {
  const js = inner.chain?.js ?? inner.js;
  const around = (each: string): string => outer.around(inner.chain?.around(each) ?? each);
  return { ...inner, js: around(js), chain: { js, around } };
}

/** The value as it is, with nothing to be left out any more: parentheses end a chain. */
export function endOfChain({ chain: _chain, ...value }: Compiled): Compiled {
  return value;
}

/** Whether `?.` stands in a chain. */
export function isSafeChain(node: Expression): boolean {
  if (node.kind !== 'member' && node.kind !== 'call' && node.kind !== 'index') return false;
  if (node.kind !== 'index' && node.safe) return true;
  return node.target !== null && !isEnclosed(node.target) && isSafeChain(node.target);
}

export function isEnclosed(node: Expression): boolean {
  return 'isEnclosed' in node;
}
