import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { parkingLotContract } from '../contract/lot.contract.ts';
import { DurableLot, memoryParkingLot } from './lot.ts';

parkingLotContract('memory', async () => {
  const durable = new DurableLot();
  return { lot: memoryParkingLot({ clock, durable }), other: memoryParkingLot({ clock, durable }), close: async () => undefined };
});
