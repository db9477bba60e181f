import type { Filter } from '../router/service.ts';

/** `retryBufferSize.requestBytes`: a streamed body longer than this is sent once. */
export function keepAtMost(bytes: number): Filter {
  return {
    role: 'keepAtMost',
    request(x) {
      if (x.keepBytes > bytes) x.keepBytes = bytes;
    },
  };
}
