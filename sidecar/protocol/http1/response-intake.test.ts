import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UNKNOWN } from './parse-head.ts';
import { ResponseIntake } from './response-intake.ts';

/** An intake whose taker does with each final response what `then` says. */
function intake(then: (made: ResponseIntake, length: number) => void) {
  const said: string[] = [];
  const made: ResponseIntake = new ResponseIntake(
    {
      begin(head, parser, surplus) {
        said.push(`${head.status} ${parser.length}${surplus ? ' +' : ''}`);
        if (head.status >= 200) then(made, parser.length);
      },
      body: (bytes, from, to) => said.push(bytes.latin1Slice(from, to)),
      complete: (head, whole, trailers, surplus) =>
        said.push(`${head.status} complete ${whole ?? ''}|${trailers}${surplus ? '+' : ''}`),
      broken: (why) => said.push(`broken: ${why}`),
      unasked: () => said.push('unasked'),
    },
    { line: 1000, headers: 1000, gather: 10, streams: 1, window: 1 },
  );
  const read = (text: string): void => made.read(Buffer.from(text, 'latin1'), 0, text.length);
  return { made, said, read };
}

const gather = (made: ResponseIntake, length: number): void => made.gather(length);
const follow = (made: ResponseIntake, length: number): void => made.follow(length);

describe('the intake of responses', () => {
  test('hands on heads, the interim ones too, and bodies as they come', () => {
    const { made, said, read } = intake(follow);
    made.expect();
    read('HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Len');
    read('gth: 5\r\n\r\nhe');
    read('llo');
    assert.deepEqual(said, ['103 -2 +', '200 5 +', 'he', 'llo', '200 complete |']);
  });

  test('keeps a body together where it is told to', () => {
    const { made, said, read } = intake(gather);
    made.expect();
    read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    read('he');
    read('llo, and more');
    assert.deepEqual(said.slice(0, 2), ['200 5', '200 complete hello|+']);
  });

  test('unframes chunks, and gives their trailers', () => {
    const { made, said, read } = intake(follow);
    made.expect();
    read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n');
    assert.deepEqual(said, ['200 -1 +', 'hel', 'lo', '200 complete |X-Sum: 1\r\n']);
  });

  test('says what is no response, bad framing, and bytes nobody asked for', () => {
    const bad = intake(follow);
    bad.made.expect();
    bad.read('SSH-2.0\r\n\r\n');
    assert.match(bad.said.join(), /^broken: ./);
    const chunks = intake(follow);
    chunks.made.expect();
    chunks.read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n');
    assert.deepEqual(chunks.said, ['200 -1 +', 'broken: bad chunked framing']);
    const unasked = intake(follow);
    unasked.read('HTTP/1.1 200 OK\r\n\r\n');
    assert.deepEqual(unasked.said, ['unasked']);
  });

  test('knows where the bytes have stopped', () => {
    const { made, read } = intake((one, length) => (length === UNKNOWN ? one.follow(UNKNOWN) : one.follow(length)));
    const at = [made.at];
    made.expect();
    at.push(made.at);
    read('HTTP/1.1 200 OK\r\n');
    at.push(made.at);
    read('Content-Length: 5\r\n\r\nhe');
    at.push(made.at);
    made.rest();
    made.expect();
    read('HTTP/1.1 200 OK\r\n\r\nhello');
    at.push(made.at);
    assert.deepEqual(at, ['nothing', 'before', 'head', 'body', 'endless body']);
  });

  test('reads nothing once it is stopped', () => {
    const { made, said, read } = intake(follow);
    made.expect();
    made.stop();
    read('HTTP/1.1 200 OK\r\n\r\n');
    assert.deepEqual(said, []);
  });
});
