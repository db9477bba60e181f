import { html } from './html.ts';
import { type Links, page } from './page.ts';
import { ok, plainText, type Route } from './route.ts';

/** `/admin`, `/admin/index.txt` and `/help`: what else this port answers. */
export function indexRoutes(routes: readonly Route[], links: Links): readonly Route[] {
  const paths = [...new Set(routes.map((route) => route.path))].sort();
  const list = (path: string): Route => ({
    path,
    methods: ['GET'],
    category: 'diagnostics',
    handle: () => ok(plainText, `${paths.join('\n')}\n`),
  });
  const body = html`<h1>Help</h1>
<p>What this port answers:</p>
<ul>${paths.map((path) => html`<li><a href="${path}"><code>${path}</code></a></li>`)}</ul>`;
  return [
    list('/admin'),
    list('/admin/index.txt'),
    { path: '/help', methods: ['GET'], category: 'ui', handle: () => page('Help', links, body, '') },
  ];
}
