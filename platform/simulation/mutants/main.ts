import { holds, runMutants } from './system/run.ts';

const { SEEDS = '200', ONLY = '' } = process.env;
const hunt = await runMutants({ seeds: Number(SEEDS), only: ONLY, say: (line) => console.log(line) });
process.exitCode = holds(hunt) ? 0 : 1;
