import { createPrivateKey, sign } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import * as z from 'zod';
import { getJson, type JsonAnswer } from '../http/get-json.ts';
import type { World } from '../world.ts';

type Headers = Readonly<Record<string, string>>;

/** How to connect to a host over TLS; undefined: as anyone would. */
type TlsOf = (host: string) => (() => ConnectionOptions) | undefined;

/** Lets requests in. `again`: what it gave before was refused. */
export type Authority = (again: boolean) => Promise<Headers>;

const account = z.object({
  login_endpoint: z.url({ protocol: /^https?$/ }),
  private_key: z.string(),
  uid: z.string(),
  scheme: z.literal('RS256').optional(),
});

/**
 * What the environment has for Marathon: `DCOS_SERVICE_ACCOUNT_CREDENTIAL`, a DC/OS service account that logs in and is
 * given a token, or `MARATHON_HTTP_AUTH_CREDENTIAL`, `user:password` in base64. Throws where the first is none.
 */
export function marathonAuthority(world: World, tlsOf: TlsOf): Authority {
  const { DCOS_SERVICE_ACCOUNT_CREDENTIAL: service = '', MARATHON_HTTP_AUTH_CREDENTIAL: basic = '' } = world.env;
  if (service !== '') return serviceAccount(readAccount(service), world, tlsOf);
  const headers: Headers = basic === '' ? {} : { authorization: `Basic ${basic}` };
  return async () => headers;
}

function readAccount(text: string): z.output<typeof account> {
  try {
    const read = account.parse(JSON.parse(text));
    createPrivateKey(read.private_key);
    return read;
  } catch {
    // Never its text: it holds a key.
    throw new Error(
      'DCOS_SERVICE_ACCOUNT_CREDENTIAL is not a JSON object with login_endpoint, uid and private_key (for RS256)',
    );
  }
}

function serviceAccount(
  { login_endpoint, private_key, uid }: z.output<typeof account>,
  world: World,
  tlsOf: TlsOf,
): Authority {
  const url = new URL(login_endpoint);
  const secure = url.protocol === 'https:';
  const tls = secure ? (tlsOf(url.hostname) ?? (() => ({ servername: url.hostname }))) : undefined;
  let token: Promise<Headers> | undefined;
  const login = async (): Promise<Headers> => {
    const answer = await new Promise<JsonAnswer>((done) => {
      getJson(
        {
          host: url.hostname,
          port: Number(url.port || (secure ? 443 : 80)),
          path: url.pathname + url.search,
          headers: {},
          timeoutMs: 10_000,
          post: JSON.stringify({ uid, token: webToken(uid, private_key, world.clock.wall()) }),
          tls,
        },
        world.clock,
        done,
      );
    });
    if (answer.kind === 'failed') throw new Error(`log-in at DC/OS: ${answer.message}`);
    const { token: given } = z.object({ token: z.string().regex(/^[\x21-\x7e]+$/) }).parse(answer.body);
    return { authorization: `token=${given}` };
  };
  return (again) => {
    if (again || token === undefined) {
      token = login();
      token.catch(() => {
        token = undefined;
      });
    }
    return token;
  };
}

/** A JSON web token that says who we are, for five minutes (RFC 7519). */
function webToken(uid: string, key: string, nowMs: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ uid, exp: Math.floor(nowMs / 1000) + 300 })}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}
