import { escapeHtml } from './html.ts';
import type { OrgHost } from './host.ts';

/** What a person sees before an app may act for them: who asks, and two buttons. */
export function consentPage(host: OrgHost, clientId: string, query: URLSearchParams): string {
  const carried = [...query]
    .filter(([name]) => name !== 'local_consent')
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Allow access?</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; background: #f3f3f3; color: #181818; margin: 0; }
main { max-width: 26rem; margin: 10vh auto 0; padding: 2rem; background: #fff; border-radius: .5rem; box-shadow: 0 1px 4px #0003; }
h1 { font-size: 1.25rem; margin-top: 0; }
.actions { display: flex; gap: .75rem; justify-content: flex-end; }
button { font: inherit; padding: .5rem 1.25rem; border: 1px solid #747474; border-radius: .25rem; background: #fff; color: #0176d3; cursor: pointer; }
button.primary { background: #0176d3; border-color: #0176d3; color: #fff; }
</style></head>
<body><main>
<h1>Allow access?</h1>
<p><strong>${escapeHtml(clientId)}</strong> is asking to:</p>
<ul><li>Manage user data via APIs</li><li>Perform requests at any time</li></ul>
<p>You are logged in to ${escapeHtml(host.org.organization.name)} as ${escapeHtml(host.org.admin.userName)}.</p>
<form method="get" class="actions">${carried}
<button name="local_consent" value="refuse">Deny</button>
<button name="local_consent" value="allow" class="primary">Allow</button>
</form>
</main></body></html>
`;
}
