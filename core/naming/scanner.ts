import { isLabelCode } from './labels.ts';

/** A text that is not a path, tree or dtab. The words are Finagle's, which is what users search for. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  /** Offset of the offending character in the text, or its length at the end of input. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** A cursor over the text of a path, a tree or a dtab: what the grammar's rules are written with. */
export class Scanner {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  /** The next character, '' at the end. */
  peek(): string {
    return this.text.charAt(this.#at);
  }

  next(): string {
    return this.text.charAt(this.#at++);
  }

  /** Steps over `char` if it is next. */
  maybe(char: string): boolean {
    if (this.peek() !== char) return false;
    this.#at++;
    return true;
  }

  eat(char: string): void {
    if (!this.maybe(char)) this.expected(`'${char}'`);
  }

  end(): void {
    this.space();
    if (!this.atEnd) this.expected('end of input');
  }

  /** Steps over white space and comments, which run from `#` to the end of the line. */
  space(): void {
    for (;;) {
      const c = this.peek();
      if (c === '#') {
        const eol = this.text.indexOf('\n', this.#at);
        this.#at = eol < 0 ? this.text.length : eol + 1;
      } else if (c !== '' && isSpace(c)) this.#at++;
      else return;
    }
  }

  atLabel(): boolean {
    const c = this.peek();
    return c !== '' && (c === '\\' || isLabelCode(c.charCodeAt(0)));
  }

  /** One path element, as a byte string. */
  label(): string {
    let bytes = '';
    do {
      if (!this.atLabel()) this.expected('label char');
      const c = this.next();
      bytes += c === '\\' ? this.#escape() : c;
    } while (this.atLabel());
    return bytes;
  }

  /** Throws a ParseError that points at the next character; `found` where what is wrong lies before it. */
  expected(what: string, found = this.atEnd ? 'end of input' : `'${this.peek()}'`): never {
    const { text } = this;
    const at = this.#at;
    const shown = `${text.slice(0, at)}[${this.peek()}]${text.slice(at + 1)}`;
    throw new ParseError(`${what} expected but ${found} found at '${shown}'`, at);
  }

  #escape(): string {
    this.eat('x');
    return String.fromCharCode(Number.parseInt(this.#hexDigit() + this.#hexDigit(), 16));
  }

  #hexDigit(): string {
    const c = this.peek();
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) this.expected('hex char');
    return this.next();
  }
}

/** Java's `Character.isWhitespace`: no-break spaces are not white space. */
function isSpace(c: string): boolean {
  const code = c.charCodeAt(0);
  if (code < 128) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31);
  return /[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/.test(c);
}
