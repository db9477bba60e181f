import { randomBytes } from 'node:crypto';

/**
 * What every peer here is told by its command line, as JSON: `port` of 127.0.0.1 to listen on, `origins` (ports) to
 * forward to, and for mTLS the files `ca`, `cert`, `key` with the origin's `name`, to be used towards the caller
 * (`accept`) or the origins (`connect`).
 */
export const settings = JSON.parse(process.argv[2]);

/** Origins with their requests in flight. */
export const origins = settings.origins.map((port) => ({ port, inFlight: 0 }));

/** The less busy of two random origins, as a mesh balances; the caller counts it up and down. */
export function choose() {
  const a = origins[Math.floor(Math.random() * origins.length)];
  const b = origins[Math.floor(Math.random() * origins.length)];
  return a.inFlight <= b.inFlight ? a : b;
}

/** Chooses an origin for a request and gives it back when the response is over. */
export function lend(response) {
  const origin = choose();
  origin.inFlight++;
  response.once('close', () => origin.inFlight--);
  return origin;
}

/** Forty random bytes of trace header. */
export const trace = () => randomBytes(30).toString('base64');
