import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { gather } from './gather.ts';

/** Keeps what each write to what is below it held. */
class Wire extends Writable {
  readonly written: string[][] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written.push([chunk.toString()]);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.written.push(chunks.map(({ chunk }) => chunk.toString()));
    done();
  }
}

describe('gathering what is written', () => {
  it('writes the first of a turn at once, the others of it together, and those of the next after them', async () => {
    const wire = new Wire();
    gather(wire);
    for (const each of ['a', 'b', 'c']) wire.write(each);
    expect(wire.written).toEqual([['a']]);
    await turn();
    wire.write('d');
    await turn();
    expect(wire.written).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('says when there is enough, and when there is room again', async () => {
    const wire = new Wire({ highWaterMark: 2 });
    gather(wire);
    expect([wire.write('a'), wire.write('b'), wire.write('c')]).toEqual([true, true, false]);
    await once(wire, 'drain');
    expect(wire.written).toEqual([['a'], ['b', 'c']]);
  });

  it('loses nothing of what is written before the end', async () => {
    const wire = new Wire();
    gather(wire);
    wire.write('a');
    wire.write('b');
    wire.end('c');
    await once(wire, 'finish');
    expect(wire.written.flat()).toEqual(['a', 'b', 'c']);
  });
});
