import { isIPv6 } from 'node:net';
import { element, sequence } from '#core/tls/der.ts';

/** An OBJECT IDENTIFIER in dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 0x7f];
    for (let high = part >>> 7; high > 0; high >>>= 7) digits.unshift((high & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return element(0x06, Buffer.from(bytes));
}

export const oids = {
  subjectKeyId: oid('2.5.29.14'),
  keyUsage: oid('2.5.29.15'),
  subjectAltName: oid('2.5.29.17'),
  basicConstraints: oid('2.5.29.19'),
  nameConstraints: oid('2.5.29.30'),
  authorityKeyId: oid('2.5.29.35'),
  extendedKeyUsage: oid('2.5.29.37'),
  serverAuth: oid('1.3.6.1.5.5.7.3.1'),
  clientAuth: oid('1.3.6.1.5.5.7.3.2'),
};

export const rsaSha256 = sequence(oid('1.2.840.113549.1.1.11'), Buffer.from([0x05, 0x00]));
export const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Bits of KeyUsage, counted from the left. */
export const keyUsage = { digitalSignature: 0, certSign: 5, crlSign: 6 };

/** A small non-negative INTEGER. */
export function integer(value: number): Buffer {
  return element(0x02, Buffer.from([value]));
}

export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octets(bytes: Uint8Array): Buffer {
  return element(0x04, bytes);
}

export function bits(bytes: Uint8Array): Buffer {
  return element(0x03, Buffer.from([0]), bytes);
}

/** A BIT STRING of named bits, all below 8. */
export function bitFlags(...set: readonly number[]): Buffer {
  const unused = 7 - Math.max(...set);
  return element(0x03, Buffer.from([unused, set.reduce((all, bit) => all | (0x80 >> bit), 0)]));
}

/** `[number] IMPLICIT` of a primitive value. */
export function context(number: number, value: Uint8Array): Buffer {
  return element(0x80 | number, value);
}

export function extension(id: Buffer, critical: boolean, value: Buffer): Buffer {
  return sequence(id, ...(critical ? [boolean(true)] : []), octets(value));
}

/** A Name with one CN. */
export function commonName(cn: string): Buffer {
  return sequence(element(0x31, sequence(oid('2.5.4.3'), element(0x0c, Buffer.from(cn)))));
}

/** A Time: UTCTime until 2049, then GeneralizedTime (RFC 5280 §4.1.2.5). */
export function time(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  return date.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text));
}

/** The 4 or 16 bytes of an IP address. */
export function address(ip: string): Buffer {
  if (!isIPv6(ip)) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail = ''] = ip.split('::');
  const words = (part: string): string[] => part.split(':').filter((word) => word !== '');
  const left = words(head);
  const right = words(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(all.map((word) => word.padStart(4, '0')).join(''), 'hex');
}
