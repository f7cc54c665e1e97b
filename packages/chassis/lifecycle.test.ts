import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startAll, type Part } from './lifecycle.ts';

const logger = pino({ level: 'silent' });

function parts(failing: { start?: string; stop?: string } = {}) {
  const story: string[] = [];
  const part = (name: string): Part => {
    const step = (act: 'start' | 'stop') => () => {
      story.push(`${act} ${name}`);
      return failing[act] === name ? Promise.reject(new Error(`${name} is broken`)) : Promise.resolve();
    };
    return { name, start: step('start'), stop: step('stop') };
  };
  return { story, parts: ['a', 'b', 'c'].map(part) };
}

test('parts start in order and stop in reverse, once', async () => {
  const { story, parts: all } = parts();
  const running = await startAll(all, logger);
  await Promise.all([running.stop(), running.stop()]);
  expect(story).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
});

test('when a part does not start, it and those before it are stopped and its error comes out', async () => {
  const { story, parts: all } = parts({ start: 'c', stop: 'b' });
  await expect(startAll(all, logger)).rejects.toThrow('c is broken');
  expect(story.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
});

test('a part that does not stop holds up nobody, and its error comes out', async () => {
  const { story, parts: all } = parts({ stop: 'b' });
  const running = await startAll(all, logger);
  await expect(running.stop()).rejects.toThrow('b is broken');
  expect(story.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
});
