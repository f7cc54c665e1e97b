import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Status } from '../status.ts';

/** Seconds that are shown, and points that are kept. */
const KEPT = 300;
const NARROWEST_S = 60;
const HEIGHT = 190;

/** Orders settled each second and sagas under way, over the last five minutes. */
export function Throughput({ status }: { status?: Status }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const series = useRef<[number[], number[], number[]]>([[], [], []]);
  const before = useRef<{ at: number; settled: number }>(null);

  useEffect(() => {
    if (!box.current) return;
    const element = box.current;
    plot.current = new uPlot(options(element.clientWidth), series.current, element);
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => { resize.disconnect(); plot.current?.destroy(); };
  }, []);

  useEffect(() => {
    if (!status) return;
    const settled = (status.orders.confirmed ?? 0) + (status.orders.cancelled ?? 0);
    const last = before.current;
    before.current = { at: status.at, settled };
    if (!last || status.at <= last.at) return;
    const underWay = Object.entries(status.sagas).reduce((sum, [state, n]) => state === 'ended' ? sum : sum + n, 0);
    const point = [status.at / 1000, Math.max(0, (settled - last.settled) / ((status.at - last.at) / 1000)), underWay];
    series.current.forEach((values, index) => {
      values.push(point[index] ?? 0);
      if (values.length > KEPT) values.shift();
    });
    plot.current?.setData(series.current);
  }, [status]);

  return (
    <section aria-labelledby="throughput-title">
      <h2 id="throughput-title">Settled per second, and under way</h2>
      <div ref={box} role="img" aria-label="Chart of orders settled per second and sagas under way over the last five minutes" />
    </section>
  );
}

function options(width: number): uPlot.Options {
  const color = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
  return {
    width, height: HEIGHT, legend: { live: false }, padding: [8, 32, 0, 0],
    scales: { x: { range: (_plot, min, max) => [Math.min(max - NARROWEST_S, Math.max(min, max - KEPT)), max] }, y: { range: (_plot, _min, max) => [0, Math.max(5, max * 1.1)] } },
    axes: [{ ...axis, space: 90, values: (_plot, ticks) => ticks.map((tick) => new Date(tick * 1000).toLocaleTimeString()) }, { ...axis, size: 46 }],
    series: [
      {}, { label: 'settled/s', stroke: color('--good'), width: 2, points: { show: false } },
      { label: 'under way', stroke: color('--busy'), width: 2, dash: [5, 4], points: { show: false } },
    ],
  };
}
