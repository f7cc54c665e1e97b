import type { ProblemKinds } from '@tradewind/chassis/http/problem.ts';
import { parkingProblems } from '@tradewind/log/parking/routes.ts';

export const problems: ProblemKinds = {
  'order-unknown': { status: 404, title: 'No such order', help: 'Right after placing an order, ask with `minVersion`: the view follows within moments.' },
  'read-model-behind': { status: 503, title: 'The view does not show that version yet', help: 'Send the same request after Retry-After.' },
  'cursor-invalid': { status: 422, title: 'The cursor is not one of ours', help: 'Send a cursor as it came in `nextCursor`, or none.' },
  'rebuild-running': { status: 409, title: 'The read model is being rebuilt already', help: 'Wait for it; GET /history/rebuild says how far it is.' },
  ...parkingProblems,
};
