import * as z from 'zod';
import { unknownCiphers } from './ciphers.ts';

const file = z.string().min(1);

export const tlsProtocols = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsProtocol = (typeof tlsProtocols)[number];

const protocols = z
  .array(z.enum(tlsProtocols))
  .min(1)
  .optional()
  .describe('Protocol versions that may be spoken; TLSv1.2 and TLSv1.3 without it.');

const ciphers = z
  .array(z.string())
  .min(1)
  .superRefine((names, ctx) => {
    for (const name of unknownCiphers(names))
      ctx.addIssue({ code: 'custom', message: `unknown cipher suite '${name}'` });
  })
  .optional()
  .describe('Cipher suites in order of preference, by their OpenSSL or their IANA name.');

/** `tls` of a server, as Linkerd 1.x has it. */
export const serverTlsSchema = z.strictObject({
  certPath: file.describe('PEM file with the certificate, and its chain if there is one.'),
  keyPath: file.describe('PEM file with the private key.'),
  intermediateCertsPath: file.optional().describe('PEM file with certificates sent after the first.'),
  caCertPath: file.optional().describe('PEM file with the CAs that callers may have their certificates from.'),
  ciphers,
  requireClientAuth: z.boolean().default(false).describe('Whether callers without a valid certificate are refused.'),
  protocols,
});

/** `tls` of a router's server, which may have its certificates from elsewhere than files. */
export const routerTlsSchema = serverTlsSchema
  .extend({
    certPath: serverTlsSchema.shape.certPath.optional(),
    keyPath: serverTlsSchema.shape.keyPath.optional(),
    ingressSecrets: z
      .boolean()
      .default(false)
      .describe(
        'Heddle: serve the certificates of the Ingresses by the name the caller asks for, the files otherwise.',
      ),
  })
  .superRefine(({ certPath, keyPath, ingressSecrets }, context) => {
    for (const [name, value, other] of [
      ['certPath', certPath, keyPath],
      ['keyPath', keyPath, certPath],
    ] as const) {
      if (value !== undefined || (ingressSecrets && other === undefined)) continue;
      context.addIssue({ code: 'custom', path: [name], message: 'is required: a text' });
    }
  });

export type ServerTlsConfig = Omit<z.output<typeof routerTlsSchema>, 'ingressSecrets'>;

/**
 * `tls` of a client, as Linkerd 1.x has it. With neither `commonName` nor `disableValidation` it is accepted, as there,
 * but no server will do.
 */
export const clientTlsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('false switches TLS off again, in a later entry with a longer prefix.'),
  disableValidation: z.boolean().default(false).describe('Whether any certificate is accepted. Unsafe.'),
  commonName: z
    .string()
    .min(1)
    .optional()
    .describe('The name the server must prove, also sent as SNI; may hold {captures}.'),
  trustCerts: z.array(file).min(1).optional().describe('PEM files with the CAs to trust. Deprecated.'),
  trustCertsBundle: file.optional().describe('PEM file with the CAs to trust. Without any, those of the system.'),
  clientAuth: z
    .strictObject({
      certPath: file.describe('PEM file with our certificate.'),
      keyPath: file.describe('PEM file with its private key.'),
      intermediateCertsPath: file.optional().describe('PEM file with certificates sent after the first.'),
    })
    .optional()
    .describe('The certificate shown to servers that ask for one.'),
  protocols,
});
export type ClientTlsConfig = z.output<typeof clientTlsSchema>;
