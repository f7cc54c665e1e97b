import { readModelContract } from '../../contract/read-model.contract.ts';
import { DurableReadModel } from './generations.ts';
import { memoryReadModel } from './read-model.ts';

readModelContract('memory', () => {
  const durable = new DurableReadModel();
  return Promise.resolve({
    model: memoryReadModel(durable), other: () => Promise.resolve(memoryReadModel(durable)), close: () => Promise.resolve(),
  });
});
