/** Asks a local org for what Salesforce would not do, at a door below `/local`; see test/local-org/README.md. */
export async function atDoor(
  orgUrl: string,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  door: string,
  body?: object,
): Promise<void> {
  const answer = await fetch(`${orgUrl}/local/${door}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} /local/${door}: ${answer.status} ${await answer.text()}`);
}
