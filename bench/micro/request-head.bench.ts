import { RequestHead } from '#sidecar/router/request-head.ts';
import type { Micro } from './runner.ts';

const head = new RequestHead();
head.host = 'web';
head.lines =
  'User-Agent: curl/8.5.0\r\nAccept: application/json\r\nAccept-Language: en-GB\r\nAccept-Encoding: gzip\r\nX-Request-Id: 7b7d1f0e\r\nCookie: a=b\r\n';

export const benchmarks: readonly Micro[] = [
  {
    name: 'RequestHead.get',
    variants: {
      host: () => head.get('host'),
      last: () => head.get('cookie'),
      absent: () => head.get('l5d-sample'),
    },
  },
];
