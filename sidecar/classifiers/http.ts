// Hot.
import { failures } from '../router/errors.ts';
import type { Classifier, Outcome } from '../router/service.ts';

const READ = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const IDEMPOTENT = new Set([...READ, 'PUT', 'DELETE']);
const ALL = new Set([...IDEMPOTENT, 'PATCH', 'POST']);
const NONE = new Set<string>();

/** Methods a failed request of which may be sent again, by classifier kind (Linkerd §5.7). */
const RETRYABLE: Readonly<Record<string, ReadonlySet<string>>> = {
  'io.l5d.http.nonRetryable5XX': NONE,
  'io.l5d.http.retryableRead5XX': READ,
  'io.l5d.http.retryableIdempotent5XX': IDEMPOTENT,
  'io.l5d.http.retryableAll5XX': ALL,
  'io.l5d.http.allSuccessful': NONE,
};

/**
 * Judges by the response head: 5xx and no answer at all are failures, retryable by method. `l5d-retryable: true` makes
 * a failure retryable whatever the method, but not on h2 routers (Linkerd §6.4, observed). What cannot be sent again whole is never retryable.
 */
export function httpClassifier(kind: string, { honoursRetryable = true } = {}): Classifier {
  const methods = RETRYABLE[kind] ?? NONE;
  const allSuccessful = kind === 'io.l5d.http.allSuccessful';
  return (x): Outcome => {
    if (x.error === undefined) {
      if (x.status < 500 || x.status > 599 || allSuccessful) return 'success';
      const again = methods.has(x.request.method) || (honoursRetryable && x.response?.retryable === true);
      return again && x.replayable ? 'retryable' : 'failure';
    }
    const again = failures[x.error.kind].retryable && methods.has(x.request.method);
    return again && x.replayable ? 'retryable' : 'failure';
  };
}
