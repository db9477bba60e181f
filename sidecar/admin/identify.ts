import { type AdminRequest, jsonType, ok, type Route } from '#core/admin/route.ts';
import { type Dtab, showDtab } from '#core/naming/dtab.ts';
import { RequestHead } from '../router/request-head.ts';

/** A router as far as it names requests. */
export interface Identifying {
  readonly label: string;
  readonly dtab: Dtab;
  /** Throws where the request has no name. */
  identify(head: RequestHead): string;
}

/** What `httpIdentifierPort` answers to any request: the name it has in each http router, and that router's table. */
export function identifyRoute(routers: readonly Identifying[]): Route {
  return {
    path: '/',
    category: 'diagnostics',
    handle(request) {
      const named = routers.map((router) => [router.label, nameIn(router, headOf(request))]);
      return ok(jsonType, JSON.stringify(Object.fromEntries(named)));
    },
  };
}

function nameIn(router: Identifying, head: RequestHead): object {
  try {
    return { path: router.identify(head), dtab: showDtab(router.dtab) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function headOf({ method, path, query, headers }: AdminRequest): RequestHead {
  const head = new RequestHead();
  head.method = method;
  head.uri = query.size === 0 ? path : `${path}?${query}`;
  head.host = headers.host ?? '';
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values ?? []].flat()) head.lines += `${name}: ${value}\r\n`;
  }
  return head;
}
