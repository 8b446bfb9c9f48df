/** The description of the API as a page: Swagger UI, and what it lacks for everybody to use it. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>DI Connect API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <link rel="stylesheet" href="docs/page.css" />
  </head>
  <body>
    <main id="api"></main>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/**
 * Starts Swagger UI. It is dark where the system wishes it; and the address of an endpoint is no link within the button that opens
 * it (HTML: no interactive content in a button): the button itself puts the endpoint into the page's address.
 */
export const START = `const wish = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', wish.matches);
wish.addEventListener('change', follow);
follow();
const plainText = (_link, { React }) => ({ text }) => React.createElement('span', null, text);
window.SwaggerUIBundle({
  url: 'openapi.json',
  domNode: document.getElementById('api'),
  plugins: [{ wrapComponents: { DeepLink: plainText } }],
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  docExpansion: 'list',
  tryItOutEnabled: false,
  persistAuthorization: false,
});
`;

const METHODS = { get: '#1a5fb4', post: '#1b7044', put: '#8f5300', patch: '#0b6b62', delete: '#b3211b' };

/** Colours that are read: 4.5 to 1 and more (WCAG 2.1, 1.4.3). */
export const STYLE = `
${Object.entries(METHODS)
  .map(
    ([method, ground]) => `.opblock-${method} .opblock-summary-method { background: ${ground} !important; }`,
  )
  .join('\n')}
.swagger-ui .info .title small, .swagger-ui .info .title small.version-stamp { background: #4a5568; }
.swagger-ui .opblock .opblock-summary-method { color: #fff !important; }
.swagger-ui .info .title small pre { color: #fff; }
html:not(.dark-mode) .swagger-ui .info a, html:not(.dark-mode) .swagger-ui .info .url { color: #1f5fa8; }
html:not(.dark-mode) .swagger-ui .btn.authorize { border-color: #1b7044; color: #1b7044; }
html:not(.dark-mode) .swagger-ui .btn.authorize svg { fill: #1b7044; }
.swagger-ui span[style*="211, 99, 99"] { color: #ffb3b3 !important; }
.swagger-ui .info a, .swagger-ui .markdown a { text-decoration: underline; }
`;
