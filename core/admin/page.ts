import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';
import { type AdminResponse, htmlType } from './route.ts';

const style = new Html(`
  :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
  body { margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem; }
  nav a { margin-right: 1rem; }
  h2 { margin: 1.8rem 0 .4rem; }
  table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
  th { text-align: left; font-weight: 600; border-bottom: 1px solid; }
  th, td { padding: .2rem .8rem .2rem 0; }
  td + td, th + th { text-align: right; font-variant-numeric: tabular-nums; }
  td:first-child, pre, code, textarea, input { font-family: ui-monospace, monospace; }
  .bad { color: #c22; font-weight: 600; }
  textarea, input { width: 100%; box-sizing: border-box; }
  ul { list-style: none; padding-left: 1.2rem; border-left: 1px solid #8886; }
`);

/** What every page of a process points to: path and text. */
export type Links = readonly (readonly [path: string, text: string])[];

/** A page of the admin port. Only its own script runs: the browser is told the script's hash. */
export function page(title: string, links: Links, body: Html, script: string): AdminResponse {
  const hash = createHash('sha256').update(script).digest('base64');
  const nav = links.map(([path, text]) => html`<a href="${path}">${text}</a>`);
  const { text } = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><style>${style}</style></head>
<body>
<nav>${nav}</nav>
${body}
<script>${new Html(script)}</script>
</body>
</html>
`;
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return { status: 200, type: htmlType, body: text, headers: { 'content-security-policy': policy } };
}
