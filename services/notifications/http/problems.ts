import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';

export const problems: ProblemKinds = {
  'cursor-invalid': { status: 422, title: 'The cursor is not one of ours', help: 'Send a cursor as it came in `nextCursor`, or none.' },
};
