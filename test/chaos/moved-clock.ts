// Loaded into a server's process before its own code: whoever started the process tells how far its clock is from the true one.
const isOrder = (message: unknown): message is { readonly clockMilliseconds: number } =>
  typeof message === 'object' && message !== null && 'clockMilliseconds' in message;

const TrueDate = Date;
let shift = 0;
const now = (): number => TrueDate.now() + shift;
const moved: DateConstructor = new Proxy(TrueDate, {
  construct: (target, given: readonly unknown[], asked) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, asked === moved ? target : asked) as Date,
  apply: () => new TrueDate(now()).toString(),
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
});
globalThis.Date = moved;
TrueDate.prototype.constructor = moved;

process.on('message', (message) => {
  if (isOrder(message)) shift = message.clockMilliseconds;
});
// Orders are no reason to stay alive.
process.channel?.unref();
