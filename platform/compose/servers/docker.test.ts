import { expect, test } from '@jest/globals';
import { composeConfig } from '../config.ts';
import { inOneLine } from './docker.ts';

test.each([
  ['ENOENT', /needs Docker .* not on the PATH/],
  ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?', /engine is not running/],
  ["docker: 'compose' is not a docker command.\nSee 'docker --help'", /compose plugin/],
  ["unknown shorthand flag: 'p' in --project-name", /compose plugin/],
  ['permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock', /may not use/],
  ['Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:29092 failed: port is already allocated', /^port 29092 cannot be listened on.*KAFKA_PORT=/],
  ['Error response from daemon: failed to set up container networking: listen tcp4 127.0.0.1:25432: bind: address already in use', /^port 25432 cannot/],
  [' Container t-kafka-1  Waiting\ncontainer t-kafka-1 exited (1)\n', /^docker: container t-kafka-1 exited \(1\)$/],
  ['', /^docker: it failed$/],
])('%j is told in one line', (said, told) => {
  expect(inOneLine(said)).toMatch(told);
  expect(inOneLine(said)).not.toContain('\n');
});

test('wrong settings are told by their names', () => {
  expect(composeConfig({ PROJECT: 'mine', KAFKA_PORT: '1234' })).toMatchObject({ project: 'mine', ports: { kafka: 1234, postgres: 25_432 } });
  for (const [name, value] of [['PROJECT', 'Mine!'], ['KAFKA_PORT', '0'], ['KAFKA_CLIENT', 'librdkafka'], ['PORT', 'x']])
    expect(() => composeConfig({ [name!]: value })).toThrow(name);
});
