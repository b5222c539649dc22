import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** A custom property of the theme; the categorical palette when left out. */
  readonly colour?: string;
}

interface Props {
  readonly label: string;
  readonly kind: 'bar' | 'line';
  readonly stacked?: boolean;
  readonly categories: readonly string[];
  readonly series: readonly Series[];
}

/** Columns or lines on a canvas, in the theme's colours. Its text is drawn, never HTML. */
export default function Chart({ label, kind, stacked = false, categories, series }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current!;
    const chart = init(element);
    const paint = () =>
      chart.setOption(
        optionOf({ label, kind, stacked, categories, series }, getComputedStyle(document.documentElement)),
        true,
      );
    paint();
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    addEventListener('spanwarden:theme', paint);
    return () => {
      removeEventListener('spanwarden:theme', paint);
      observer.disconnect();
      chart.dispose();
    };
  }, [label, kind, stacked, categories, series]);
  return <div ref={box} className="chart" role="img" aria-label={label} />;
}

function optionOf({ kind, stacked, categories, series }: Props, style: CSSStyleDeclaration): EChartsCoreOption {
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const text = { color: colour('text-2'), fontSize: 12, fontFamily: 'system-ui, sans-serif' };
  return {
    animation: false,
    textStyle: text,
    color: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`c${number}`)),
    grid: { left: 8, right: 12, top: series.length > 1 ? 34 : 12, bottom: 4, containLabel: true },
    legend:
      series.length > 1
        ? { type: 'scroll', top: 0, left: 0, textStyle: text, itemWidth: 10, itemHeight: 10, icon: 'rect' }
        : undefined,
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      backgroundColor: colour('surface-1'),
      borderColor: colour('line'),
      textStyle: { ...text, color: colour('text-1') },
    },
    xAxis: {
      type: 'category',
      data: categories,
      axisLine: { lineStyle: { color: colour('line') } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      axisLabel: text,
      minInterval: kind === 'bar' ? 1 : 0,
      splitLine: { lineStyle: { color: colour('line') } },
    },
    series: series.map(({ name, values, colour: own }) => ({
      name,
      type: kind,
      data: values,
      ...(stacked && { stack: 'all' }),
      ...(kind === 'bar'
        ? { barMaxWidth: 24, barMinWidth: 4 }
        : { showSymbol: categories.length < 40, symbolSize: 5, lineStyle: { width: 2 } }),
      ...(own && { itemStyle: { color: colour(own) } }),
    })),
  };
}
