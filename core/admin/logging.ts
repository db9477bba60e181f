import { type LeveledLog, logLevels } from '../telemetry/log.ts';
import { html } from './html.ts';
import { type Links, page } from './page.ts';
import { type AdminRequest, jsonType, ok, Refusal, type Route } from './route.ts';

/** The one logger there is, by the name it has in Linkerd. */
const logger = 'root';

/**
 * `/logging.json` and its page: the level of the log, changed by `POST ?logger=root&level=DEBUG` or the same as a form.
 * As in Linkerd, a logger or level that does not exist changes nothing and is no error.
 */
export function loggingRoutes(log: LeveledLog, links: Links): readonly Route[] {
  let word = wordFor(log.level);
  const loggers = (): { logger: string; level: string }[] => [{ logger, level: word }];
  const set = async (request: AdminRequest): Promise<void> => {
    const asked = await parameters(request);
    const name = asked('logger');
    const wanted = asked('level')?.toUpperCase();
    if (name === null || wanted === undefined) throw new Refusal(400);
    const level = logLevels[wanted];
    if (name !== logger || level === undefined) return;
    log.level = level;
    word = wanted;
  };
  return [
    {
      path: '/logging.json',
      methods: ['GET', 'POST'],
      category: 'control',
      async handle(request) {
        if (request.method === 'GET') return ok(jsonType, JSON.stringify(loggers()));
        await set(request);
        return { status: 200, body: '' };
      },
    },
    { path: '/logging', methods: ['GET'], category: 'ui', handle: () => loggingPage(loggers(), links) },
  ];
}

/** What a parameter says, in the query or in a form. */
async function parameters({ query, headers, text }: AdminRequest): Promise<(name: string) => string | null> {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const form = new URLSearchParams(type === 'application/x-www-form-urlencoded' ? await text() : '');
  return (name) => query.get(name) ?? form.get(name);
}

function wordFor(level: string): string {
  return { warn: 'WARNING', silent: 'OFF' }[level] ?? level.toUpperCase();
}

function loggingPage(loggers: readonly { logger: string; level: string }[], links: Links) {
  const rows = loggers.map(({ logger, level }) => html`<tr><td>${logger}</td><td>${level}</td></tr>`);
  const body = html`<h1>Logging</h1>
<table><tr><th>logger</th><th>level</th></tr>${rows}</table>
<p>To change it: <code>curl -X POST ':9990/logging.json?logger=root&amp;level=DEBUG'</code>, one of ${Object.keys(logLevels).join(', ')}.</p>`;
  return page('Logging', links, body, '');
}
