import type { AdminRequest } from '#core/admin/route.ts';

/** A request as a route of the admin port gets it. */
export function adminRequest(given: Partial<AdminRequest> = {}): AdminRequest {
  return { method: 'GET', path: '/', query: new URLSearchParams(), headers: {}, text: async () => '', ...given };
}
