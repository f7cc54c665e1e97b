import { bookContract } from '../contract/book.contract.ts';
import { memoryBook } from './book.ts';

bookContract('memory', async () => {
  const book = memoryBook();
  return { book, again: async () => book, close: () => book.close() };
});
