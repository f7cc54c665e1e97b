import { comesBack } from './harness/comes-back.ts';

comesBack('order-history');
