import type { AdminRequest, AdminResponse, Route } from '#core/admin/route.ts';
import { jsonType, ok, Refusal } from '#core/admin/route.ts';
import type { Clock } from '#core/clock.ts';
import { delegateJson } from '#core/naming/delegate-json.ts';
import type { Dtab } from '#core/naming/dtab.ts';
import { CannotDelegate, type Interpreter } from '#core/naming/namer.ts';
import { ParseError, readDtab } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { settled } from '#core/reactive/settled.ts';

export interface DelegatorDeps {
  readonly clock: Clock;
  /** The interpreter of each router, without the router's own table: the caller gives the whole table. */
  readonly routers: readonly { readonly label: string; readonly interpreter: Interpreter }[];
  /** Answers where no router is named: utility namers alone. */
  readonly utilities: Interpreter;
}

/** How long names that are not resolved yet are waited for. */
const waitMs = 2000;

/** Linkerd's answer to a question without a path, word for word. */
const noPath = 'Invalid path: Cannot invoke "String.length()" because "$this" is null';

const tooDeep = 'Max recursion level reached.';

/** `/delegator.json`: the way a name takes through a table, step by step. */
export function delegatorRoute(deps: DelegatorDeps): Route {
  return {
    path: '/delegator.json',
    methods: ['GET', 'POST'],
    category: 'ui',
    handle: async (request) => answer(request.method === 'POST' ? await posted(request) : asked(request), deps),
  };
}

interface Question {
  readonly namespace: string | undefined;
  readonly dtab: string;
  readonly path: string;
}

function asked({ query }: AdminRequest): Question {
  const path = query.get('path');
  if (path === null) throw new Refusal(400, noPath);
  return { namespace: query.get('namespace') ?? undefined, dtab: query.get('dtab') ?? '', path };
}

async function posted({ headers, text }: AdminRequest): Promise<Question> {
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== jsonType) throw new Refusal(415);
  const body = await text();
  const { namespace, dtab, path } = objectIn(body);
  if (typeof dtab !== 'string' || typeof path !== 'string')
    throw new Refusal(400, `Malformed delegation request: ${body}`);
  return { namespace: typeof namespace === 'string' ? namespace : undefined, dtab, path };
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

async function answer({ namespace, dtab, path }: Question, deps: DelegatorDeps): Promise<AdminResponse> {
  const interpreter =
    namespace === undefined ? deps.utilities : deps.routers.find((r) => r.label === namespace)?.interpreter;
  if (interpreter === undefined) throw cannotDelegate(namespace ?? '');
  const table: Dtab = read('dtab', dtab, readDtab);
  const name = read('path', path, (text) => Path.read(text));
  const found = await settled(interpreter.delegate(table, name).flatMap(delegateJson), deps.clock, waitMs);
  switch (found.kind) {
    case 'ok':
      // As Linkerd: no text where the walk as a whole does not end. Below an alternative the node says so.
      if (found.value.type === 'exception' && found.value.message === tooDeep) throw new Refusal(500);
      return ok(jsonType, JSON.stringify(found.value));
    case 'pending':
      throw new Refusal(503, 'Request timed out.');
    case 'failed':
      throw found.error instanceof CannotDelegate ? cannotDelegate(namespace ?? '') : new Refusal(500);
  }
}

function cannotDelegate(namespace: string): Refusal {
  return new Refusal(501, `Name Interpreter for ${namespace} cannot show delegations`);
}

function read<T>(what: string, text: string, reader: (text: string) => T): T {
  try {
    return reader(text);
  } catch (error) {
    if (error instanceof ParseError) throw new Refusal(400, `Invalid ${what}: ${error.message}`);
    throw error;
  }
}
