/**
 * Renews a lease for as long as its work runs, however long one step of it takes.
 *
 * @param renew answers whether the lease still was ours
 * @param every milliseconds
 * @returns `lost` is aborted when somebody else has the lease; `end` stops renewing
 */
export function keepLease(
  renew: () => Promise<boolean>,
  every: number,
): { readonly lost: AbortSignal; end: () => void } {
  const lost = new AbortController();
  const timer = setInterval(() => {
    renew().then(
      (isOurs) => {
        if (!isOurs) lost.abort();
      },
      // A database that is away is noticed by whoever needs an answer of it.
      () => undefined,
    );
  }, every);
  return {
    lost: lost.signal,
    end: () => {
      clearInterval(timer);
    },
  };
}
