import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { openRabbitTasks } from '../rabbitmq/tasks.ts';
import { serve } from './process.ts';

await serve((settings) => openRabbitTasks({ clock: systemClock, random: systemRandom, name: 'another process', ...settings as { url: string } }));
