/** Why the server does not start: what is wrong, where, and what to do. Shown to whoever starts it, without a stack. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
