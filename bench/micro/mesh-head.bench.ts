import { encodeLines, encodeVaryingLines } from '#sidecar/protocol/h2/hpack-encoder.ts';
import { respelled, spell } from '#sidecar/protocol/mesh-head.ts';
import type { Micro } from './runner.ts';

/** What a browser or a client library sends; `trace` changes with every request where it is given. */
const request = (trace: string): string =>
  `Host: web\r\nUser-Agent: curl/8.5.0\r\nAccept: application/json\r\nAccept-Language: en-GB\r\nAccept-Encoding: gzip\r\nX-Request-Id: 7b7d1f0e\r\nCookie: a=b\r\ntraceparent: ${trace}\r\n`;

let n = 0;
const fresh = (): string => request(`00-${(n++).toString(16).padStart(32, '0')}-00f067aa0ba902b7-01`);
const same = fresh();
const lower = same.toLowerCase();
const across = `Host: web\r\nuser-agent: curl/8.5.0\r\naccept: application/json\r\nx-request-id: 7b7d1f0e\r\nheddle-h1: `;

export const benchmarks: readonly Micro[] = [
  {
    name: 'encodeLines, 8 fields',
    variants: { 'seen before': () => encodeLines(same), 'as they come': () => encodeVaryingLines(fresh()) },
  },
  {
    name: 'spell, 8 fields',
    variants: { 'with words and lower case': () => spell(1, same), 'lower case': () => spell(1, lower) },
  },
  {
    name: 'respelled, 4 fields',
    variants: {
      'Words With Capitals': () => respelled(`${across}1c\r\n`),
      'lower case': () => respelled(`${across}1l\r\n`),
      listed: () => respelled(`${across}1=Host,User-Agent,accept,X-Request-ID\r\n`),
    },
  },
];
