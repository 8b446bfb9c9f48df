/** Why nobody is known to have come back from the provider. */
export type SignOnFault = 'declined' | 'unreachable' | 'failed';

/** What went wrong between the server and the provider. */
export async function faultOf(error: unknown): Promise<SignOnFault> {
  const { AuthorizationResponseError, ClientError } = await import('openid-client');
  // The provider itself says that it lets nobody in.
  if (error instanceof AuthorizationResponseError) return 'declined';
  if (error instanceof ClientError && error.code === 'OAUTH_TIMEOUT') return 'unreachable';
  // What fetch throws where nobody answers.
  if (error instanceof TypeError && error.message === 'fetch failed') return 'unreachable';
  return 'failed';
}
