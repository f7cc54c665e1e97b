import { comesBack } from './harness/comes-back.ts';

comesBack('all');
