import { html, jsonForScript } from '#core/admin/html.ts';
import { type Links, page } from '#core/admin/page.ts';
import type { AdminResponse } from '#core/admin/route.ts';
import { type Dtab, showPathTree } from '#core/naming/dtab.ts';
import { links } from './links.ts';

/** The page that shows the way a name takes through a router's table, or through one that is being tried out. */
export function delegatorPage(
  routers: readonly { readonly label: string; readonly dtab: Dtab }[],
  pages: Links = links,
): AdminResponse {
  const tables = Object.fromEntries(routers.map(({ label, dtab }) => [label, dtab.map(dentryJson)]));
  const body = html`<h1>Where does a name go?</h1>
<form id="form">
<p><label>Router <select id="router"></select></label></p>
<p><label>Name <input id="path" value="/svc/" spellcheck="false"></label></p>
<p><label>Table <textarea id="dtab" rows="8" spellcheck="false"></textarea></label></p>
<p><button>Follow</button> <span id="state"></span></p>
</form>
<div id="tree"></div>
<script type="application/json" id="dtab-data">{}</script>
<script type="application/json" id="dtab-base-data">${jsonForScript(tables)}</script>`;
  return page('Heddle: names', pages, body, script);
}

function dentryJson({ prefix, dst }: Dtab[number]): { readonly prefix: string; readonly dst: string } {
  return { prefix: prefix.show, dst: showPathTree(dst) };
}

const script = `
'use strict';
const byId = (id) => document.getElementById(id);
const tables = JSON.parse(byId('dtab-base-data').textContent);

function node(text, children) {
  const item = document.createElement('li');
  const line = document.createElement('code');
  line.textContent = text;
  item.append(line);
  if (children.length > 0) {
    const list = document.createElement('ul');
    list.append(...children);
    item.append(list);
  }
  return item;
}

function addresses(bound) {
  const { addr } = bound;
  if (addr.type !== 'bound') return addr.type + (addr.cause === undefined ? '' : ': ' + addr.cause);
  return addr.addrs.length === 0 ? 'no addresses' : addr.addrs.map((a) => a.ip + ':' + a.port).join(', ');
}

function below(step) {
  switch (step.type) {
    case 'delegate': return [show(step.delegate)];
    case 'alt': return step.alt.map((s) => show(s));
    case 'union': return step.union.map(({ weight, tree }) => show(tree, weight + ' × '));
    case 'transformation': return [show(step.tree, step.name + ': ')];
    case 'leaf': return [node('bound to ' + step.bound.id + ' → ' + addresses(step.bound), [])];
    case 'exception': return [node(step.message, [])];
    default: return [];
  }
}

function show(step, before = '') {
  const rule = step.dentry === undefined ? '' : '   (' + step.dentry.prefix + ' => ' + step.dentry.dst + ')';
  const kind = ['neg', 'fail', 'empty'].includes(step.type) ? '   ' + step.type : '';
  return node(before + step.path + rule + kind, below(step));
}

function table(label) {
  return (tables[label] ?? []).map(({ prefix, dst }) => prefix + ' => ' + dst + ' ;').join('\\n');
}

for (const label of Object.keys(tables)) byId('router').append(new Option(label, label));
byId('dtab').value = table(byId('router').value);
byId('router').addEventListener('change', () => { byId('dtab').value = table(byId('router').value); });
byId('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  byId('state').textContent = '…';
  byId('tree').replaceChildren();
  const question = { namespace: byId('router').value, dtab: byId('dtab').value, path: byId('path').value };
  const response = await fetch('/delegator.json', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(question),
  });
  const text = await response.text();
  byId('state').textContent = response.ok ? '' : text || 'no answer (' + response.status + '): does the table lead in circles?';
  if (!response.ok) return;
  const list = document.createElement('ul');
  list.append(show(JSON.parse(text)));
  byId('tree').replaceChildren(list);
});
`;
