import { compare } from '#test/helpers/http1-differences.ts';
import { linkerReader, nodeReader } from '#test/helpers/read-messages.ts';
import type { Target } from '../target.ts';

const [node, linker] = await Promise.all([nodeReader(), linkerReader(0)]);

/** Requests as llhttp, which is in Node's own server, reads them: the same, or different for a reason on the list. */
export const target: Target = {
  async run(input) {
    // Ends a head that is open, and is none itself, wherever a body that was cut short eats into it.
    const text = `${input.toString('latin1')}${'X'.repeat(99)}\r\n\r\n`;
    const [theirs, ours] = await Promise.all([node.read(text), linker.read(text)]);
    compare(text, theirs, ours);
  },
  close() {
    node.close();
    linker.close();
  },
  most: 400,
  seeds: [
    'GET / HTTP/1.1\r\nHost: web\r\n\r\n',
    'POST /a?b HTTP/1.1\r\nHost: web\r\nContent-Length: 3\r\n\r\nabcGET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nx-sum: 1\r\n\r\nGET / HTTP/1.0\r\n\r\n',
    'PUT http://web/ HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx',
  ],
};
