import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { openPostgresTasks } from '../postgres/tasks.ts';
import { serve } from './process.ts';

await serve((settings) => openPostgresTasks({ clock: systemClock, random: systemRandom, wakeup: localWakeup(), ...settings as { url: string } }));
