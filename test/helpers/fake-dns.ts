import { createSocket, type Socket } from 'node:dgram';
import type { TestContext } from 'node:test';

export interface FakeSrv {
  readonly target: string;
  readonly port: number;
  readonly priority?: number;
  readonly weight?: number;
}

const types = { A: 1, AAAA: 28, SRV: 33 } as const;

/** A DNS server on a real UDP socket (RFC 1035): SRV and A records, and ways to fail. */
export class FakeDns {
  port = 0;
  readonly srv = new Map<string, readonly FakeSrv[]>();
  readonly a = new Map<string, readonly string[]>();
  /** `TYPE name` of every question. */
  readonly asked: string[] = [];
  /** What it does with questions: answers, says SERVFAIL, or nothing. */
  mood: 'answer' | 'fail' | 'silent' = 'answer';

  static async start(t: Pick<TestContext, 'after'>): Promise<FakeDns> {
    const fake = new FakeDns();
    const socket = createSocket('udp4');
    socket.on('message', (message, from) => fake.#answer(socket, message, from));
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    fake.port = socket.address().port;
    t.after(() => socket.close());
    return fake;
  }

  #answer(socket: Socket, query: Buffer, from: { readonly port: number; readonly address: string }): void {
    const labels: string[] = [];
    let at = 12;
    for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + size));
      at += 1 + size;
    }
    const question = query.subarray(12, at + 5);
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    this.asked.push(`${Object.entries(types).find(([, number]) => number === type)?.[0] ?? type} ${name}`);
    if (this.mood === 'silent') return;
    const data = type === types.SRV ? this.srv.get(name)?.map(srvData) : this.a.get(name)?.map(ipData);
    const records = type === types.AAAA ? [] : (data ?? []);
    const code = this.mood === 'fail' ? 2 : this.srv.has(name) || this.a.has(name) ? 0 : 3;
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8580 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(code === 0 ? records.length : 0, 6);
    const answers = code === 0 ? records.map((each) => record(type, each)) : [];
    socket.send(Buffer.concat([head, question, ...answers]), from.port, from.address);
  }
}

/** An answer: the question's name (a pointer to it), class IN, valid for no time. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function srvData({ target, port, priority = 0, weight = 0 }: FakeSrv): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(priority, 0);
  head.writeUInt16BE(weight, 2);
  head.writeUInt16BE(port, 4);
  const labels = target
    .split('.')
    .map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]));
  return Buffer.concat([head, ...labels, Buffer.of(0)]);
}

const ipData = (ip: string): Buffer => Buffer.from(ip.split('.').map(Number));
