import { Field, type FieldId, requestNames, responseNames } from '../mesh-fields.ts';
import { TOKEN } from './bytes.ts';

/** Looks a field name up by its bytes: by length first, so that most names cost one load. */
export class FieldTable {
  readonly #byLength: readonly (readonly { readonly name: Uint8Array; readonly id: FieldId }[] | undefined)[];

  constructor(names: Readonly<Record<string, FieldId>>) {
    const byLength: { name: Uint8Array; id: FieldId }[][] = [];
    for (const [name, id] of Object.entries(names)) {
      const same = byLength[name.length] ?? [];
      byLength[name.length] = same;
      same.push({ name: Buffer.from(name, 'latin1'), id });
    }
    this.#byLength = byLength;
  }

  find(bytes: Buffer, from: number, to: number): FieldId {
    const candidates = this.#byLength[to - from];
    if (candidates === undefined) return Field.other;
    next: for (let c = 0; c < candidates.length; c++) {
      const { name, id } = candidates[c] as { name: Uint8Array; id: FieldId };
      for (let i = 0; i < name.length; i++) if (TOKEN[bytes[from + i] as number] !== name[i]) continue next;
      return id;
    }
    return Field.other;
  }
}

export const requestFields = new FieldTable(requestNames);
export const responseFields = new FieldTable(responseNames);

/** Fields a `Connection` header may not take away (RFC 9110 §7.6.1: end-to-end fields), whatever it lists. */
export const kept = new Set(['host', 'content-length', 'transfer-encoding', 'via', 'cache-control']);

export { Field, type FieldId };
