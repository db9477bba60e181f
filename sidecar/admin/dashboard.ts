import { html } from '#core/admin/html.ts';
import { type Links, page } from '#core/admin/page.ts';
import type { AdminResponse } from '#core/admin/route.ts';
import { links } from './links.ts';

/** The first page: what every router, service and client does right now. Its figures are those of metrics.json. */
export function dashboard(pages: Links = links): AdminResponse {
  const body = html`<h1>Heddle linker</h1>
<p id="state">reading metrics &hellip;</p>
<div id="routers"></div>
<noscript>This page needs JavaScript; its figures are those of /admin/metrics.json.</noscript>`;
  return page('Heddle linker', pages, body, script);
}

// Everything is put into the page as text, never as HTML: ids and labels are what callers and operators made them.
const script = `
'use strict';
const everyMs = 2000;
let before;

function cell(row, text, bad) {
  const td = document.createElement('td');
  td.textContent = text;
  if (bad) td.className = 'bad';
  row.append(td);
}

function percent(success, failures) {
  const all = success + failures;
  return all === 0 ? '–' : (100 * success / all).toFixed(success === all ? 0 : 2) + ' %';
}

function rate(tree, old, elapsed) {
  const now = tree.requests?.counter ?? 0;
  const then = old?.requests?.counter;
  return then === undefined || then > now ? '–' : ((now - then) / elapsed).toFixed(1);
}

function table(title, rows, old, elapsed) {
  const element = document.createElement('table');
  const head = document.createElement('tr');
  for (const name of [title, 'requests', 'req/s', 'success', 'failures', 'p50 ms', 'p99 ms', 'connections']) {
    const th = document.createElement('th');
    th.textContent = name;
    head.append(th);
  }
  element.append(head);
  for (const [name, tree] of rows) {
    const row = document.createElement('tr');
    const success = tree.success?.counter ?? 0;
    const failures = tree.failures?.counter ?? 0;
    cell(row, name);
    cell(row, tree.requests?.counter ?? 0);
    cell(row, rate(tree, old?.[name], elapsed));
    cell(row, percent(success, failures), failures > 0 && success / (success + failures) < 0.99);
    cell(row, failures, failures > 0);
    cell(row, tree.request_latency_ms?.['stat.p50'] ?? '–');
    cell(row, tree.request_latency_ms?.['stat.p99'] ?? '–');
    cell(row, tree.connections?.gauge ?? '–');
    element.append(row);
  }
  return element;
}

async function show() {
  const response = await fetch('/admin/metrics.json?tree=true');
  if (!response.ok) throw new Error('metrics.json answers ' + response.status);
  const now = { at: performance.now(), routers: (await response.json()).rt ?? {} };
  const elapsed = before === undefined ? 1 : (now.at - before.at) / 1000;
  const shown = Object.entries(now.routers).flatMap(([label, router]) => {
    const heading = document.createElement('h2');
    heading.textContent = label;
    const old = before?.routers[label];
    return [heading, ...['server', 'service', 'client'].flatMap((kind) => {
      const rows = Object.entries(router[kind] ?? {});
      return rows.length === 0 ? [] : [table(kind, rows, old?.[kind], elapsed)];
    })];
  });
  before = now;
  document.getElementById('routers').replaceChildren(...shown);
  document.getElementById('state').textContent = shown.length === 0 ? 'No router has counted anything yet.' : 'Latencies are those of the last one to two minutes; counts run from the start.';
}

function loop() {
  show()
    .catch((error) => { document.getElementById('state').textContent = String(error); })
    .then(() => setTimeout(loop, everyMs));
}
loop();
`;
