import type { Clock } from '../clock.ts';
import { ok, type Route } from './route.ts';

/** `/admin/server_info`: who is answering, in the shape of Twitter's servers. What was never known here is empty. */
export function serverInfoRoute(name: string, version: string, clock: Clock): Route {
  const startedAt = clock.wall();
  return {
    path: '/admin/server_info',
    methods: ['GET'],
    category: 'diagnostics',
    handle: () =>
      ok(
        'application/json;charset=UTF-8',
        JSON.stringify({
          name,
          version,
          build: version,
          build_revision: '',
          build_branch_name: '',
          build_last_few_commits: [''],
          merge_base: '',
          merge_base_commit_date: '',
          scm_repository: '',
          start_time: new Date(startedAt).toUTCString(),
          uptime: clock.wall() - startedAt,
        }),
      ),
  };
}
