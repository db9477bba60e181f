import { Field, type FieldTable } from './fields.ts';

/**
 * Those of a block of trailer lines that go on. What frames or routes a message, or speaks to the mesh, means nothing
 * behind a body, and would mislead whoever merges trailers into the header (RFC 9110 §6.5.1): it is dropped. So is what
 * Connection of the same message lists (§7.6.1), see HeadParser.listed.
 */
export function passedOn(trailers: string, fields: FieldTable, listed: string): string {
  let out = '';
  for (let at = 0; at < trailers.length; ) {
    const end = trailers.indexOf('\r\n', at) + 2;
    const name = Buffer.from(trailers.slice(at, trailers.indexOf(':', at)).toLowerCase(), 'latin1');
    const text = name.toString('latin1');
    const ours = fields.find(name, 0, name.length) !== Field.other || text.startsWith('l5d-');
    if (!ours && !`,${listed}`.includes(`,${text},`)) out += trailers.slice(at, end);
    at = end;
  }
  return out;
}
