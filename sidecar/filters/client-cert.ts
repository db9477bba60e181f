import type { Filter } from '../router/service.ts';

/**
 * Tells the origin which certificate the caller proved itself with (`forwardClientCert`). What a caller writes into
 * this header itself never passes, whether it showed a certificate or not; Linkerd let it pass where none was shown.
 */
export const forwardClientCert: Filter = {
  role: 'clientCert',
  request(x) {
    const { certificate } = x.downstream.caller;
    if (certificate !== '') x.context += `x-forwarded-client-cert: ${certificate}\r\n`;
  },
};
