// A figure: curves over the steps on uPlot, with the values under the pointer, what it means and which way is good.

import {html, uPlot, useEffect, useLayoutEffect, useRef, useState} from './lib.js';
import {DASH, missing, number} from './format.js';
import {smoothed} from './metrics.js';

const COLOURS = 8;
const DASHES = [[], [7, 4], [2, 3], [8, 3, 2, 3]];
const DIRECTIONS = {
  up: ['↑', 'Higher is better'],
  down: ['↓', 'Lower is better'],
  near: ['≈', 'Neither a rise nor a fall is good by itself'],
};
const HEIGHT = 190;

let redraws = 0;
const drawn = new Set();

/** Colours are read when a figure is drawn: it is drawn again when they change. */
export function redrawAll() {
  redraws++;
  drawn.forEach(draw => draw(redraws));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);

/**
 * A figure.
 *
 * series: [{label, steps, values, colour, band: {low, high} (each {steps, values}), points: true for rare ones}]
 * axis: {label, of(step)}; steps: the steps at which a value that is not there is a gap
 * scale: linear, log or signed-log; range: fixed ends of y
 */
export function Figure({
  title, says, good = 'near', n, series, axis, steps = [], scale = 'linear', range, format = number, smoothing = 0,
  sync,
}) {
  const holder = useRef(null);
  const plot = useRef(null);
  const [redraw, setRedraw] = useState(0);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(null);
  const present = series.filter(one => one.steps.length > 0);
  const [arrow, direction] = DIRECTIONS[good];
  useEffect(() => {
    drawn.add(setRedraw);
    return () => drawn.delete(setRedraw);
  }, []);
  const data = align(present, axis, steps, scale, smoothing);
  const shape = JSON.stringify([title, redraw, scale, axis.label, smoothing > 0, range,
    present.map(one => [one.label, one.colour, Boolean(one.band), one.points])]);
  useLayoutEffect(() => {
    if (present.length === 0) {
      return undefined;
    }
    const chart = new uPlot(options(holder.current, {present, axis, scale, range, format, smoothing, sync, setAt}),
      data.columns, holder.current);
    plot.current = chart;
    const sizes = new ResizeObserver(([{contentRect}]) =>
      contentRect.width > 0 && chart.setSize({width: Math.floor(contentRect.width), height: HEIGHT}));
    sizes.observe(holder.current);
    return () => {
      sizes.disconnect();
      plot.current = null;
      chart.destroy();
    };
  }, [shape]);
  useEffect(() => {
    const chart = plot.current;
    if (chart) {
      const {min, max} = chart.scales.x;
      const zoomed = min > chart.data[0][0] || max < chart.data[0].at(-1);
      chart.setData(data.columns, !zoomed);
      if (zoomed) {
        chart.redraw();
      }
    }
  }, [fingerprint(data.columns)]);

  if (present.length === 0) {
    return null;
  }
  const shown = at !== null && at < data.columns[0].length ? at : null;
  const key = event => {
    const move = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (move && plot.current) {
      event.preventDefault();
      const last = data.columns[0].length - 1;
      const next = Math.max(0, Math.min(last, (shown ?? last) + move));
      plot.current.setCursor({left: plot.current.valToPos(data.columns[0][next], 'x'), top: 40});
      setAt(next);
    }
  };
  const explained = `${says.replace(/\.$/, '')}.${n ? ` n = ${n}.` : ''}`;
  return html`<figure class=${`figure${open ? ' open' : ''}`}>
    <figcaption>
      <button type="button" class="explain" aria-expanded=${open} onClick=${() => setOpen(!open)}
        onKeyDown=${event => event.key === 'Escape' && setOpen(false)}>${title}${' '}
        <span class="direction" title=${direction} aria-hidden="true">${arrow}</span></button>
      <span class="n">${shown === null ? n && `n = ${n}` : place(axis, data.columns[0][shown])}</span>
      <span class="says" role="note">${explained}</span>
    </figcaption>
    <div class="plot" ref=${holder} tabindex="0" role="img" onKeyDown=${key}
      aria-label=${`${title}. ${present.map(one => spoken(one, format)).join('. ')}. ${explained}`}></div>
    <ul class="legend">${present.map((one, index) => html`<li key=${one.label} class=${`c${one.colour % COLOURS}`}>
      <span class="key" aria-hidden="true"></span>${one.label}${' '}
      ${one.scatter && shown === null ? null : html`<b>${format(shown === null ? one.values.at(-1) : data.raw[index][shown])}</b>`}${' '}
      ${one.band && shown !== null && html`<span class="muted">${between(data.bands[index], shown, format)}</span>`}
    </li>`)}</ul>
  </figure>`;
}

function between(band, index, format) {
  const [low, high] = band.map(column => column[index]);
  return missing(low) ? '' : `(${format(low)} to ${format(high)})`;
}

function place(axis, x) {
  return axis.label === 'step' ? `step ${x}` : `${number(x)} ${axis.label}`;
}

function spoken({label, steps, values, scatter}, format) {
  if (scatter) {
    return `${label}: ${values.length} points`;
  }
  return `${label}: ${format(values[0])} at step ${steps[0]}, ${format(values.at(-1))} at step ${steps.at(-1)}`;
}

function fingerprint(columns) {
  const [x, ...rest] = columns;
  return `${x.length} ${x.at(-1)} ${rest.map(column => column.at(-1)).join()}`;
}

/** One x column, and each series on it: null is a gap, undefined a step at which the series is not measured. */
function align(series, axis, steps, scale, smoothing) {
  const every = new Set(series.some(one => !one.points) ? steps : []);
  for (const one of series) {
    one.steps.forEach(step => every.add(step));
  }
  const order = [...every].filter(step => !missing(axis.of(step))).sort((a, b) => a - b);
  const places = new Map(order.map((step, index) => [step, index]));
  const column = ({steps: own, values}, rare) => {
    const filled = new Array(order.length).fill(rare ? undefined : null);
    own.forEach((step, index) => {
      if (places.has(step)) {
        const value = values[index];
        filled[places.get(step)] = scale === 'log' && value <= 0 ? null : value;
      }
    });
    return filled;
  };
  const raw = series.map(one => column(one, one.points));
  const bands = series.map(one => one.band ? [column(one.band.low), column(one.band.high)] : null);
  const columns = [order.map(axis.of)];
  series.forEach((one, index) => {
    columns.push(raw[index]);
    if (bands[index]) {
      columns.push(...bands[index]);
    }
    if (smoothing > 0 && !one.points) {
      columns.push(smoothed(raw[index], smoothing));
    }
  });
  return {columns, raw, bands};
}

function options(holder, {present, axis, scale, range, format, smoothing, sync, setAt}) {
  const style = getComputedStyle(holder);
  const colour = name => style.getPropertyValue(name).trim();
  const resolve = name => {
    holder.style.color = `var(${name})`;
    const value = getComputedStyle(holder).color;
    holder.style.color = '';
    return value;
  };
  const font = `11px ${colour('font-family') || style.fontFamily}`;
  const ink = resolve('--muted');
  const edge = resolve('--edge');
  const series = [{label: axis.label}];
  const bands = [];
  for (const one of present) {
    const stroke = resolve(`--c${one.colour % COLOURS}`);
    const dash = DASHES[Math.floor(one.colour / COLOURS) % DASHES.length];
    const smooth = smoothing > 0 && !one.points;
    series.push({
      label: one.label, stroke, dash, width: smooth ? 1 : 1.8, alpha: smooth ? 0.35 : 1,
      points: {show: one.points || one.steps.length < 3, size: one.scatter ? 4 : 6, fill: stroke},
      ...one.scatter && {paths: () => null},
    });
    if (one.band) {
      const at = series.length;
      const edgeOfBand = {stroke: 'transparent', width: 0, points: {show: false}};
      series.push({...edgeOfBand, label: 'low'}, {...edgeOfBand, label: 'high'});
      bands.push({series: [at + 1, at], fill: stroke.replace('rgb(', 'rgba(').replace(')', ', 0.16)')});
    }
    if (smooth) {
      series.push({label: `${one.label}, smoothed`, stroke, dash, width: 2, points: {show: false}});
    }
  }
  const log = scale === 'log' ? {distr: 3, log: 10} : scale === 'signed-log' ? {distr: 4, asinh: 0.1} : {distr: 1};
  const grid = {stroke: edge, width: 1};
  return {
    width: Math.max(Math.floor(holder.clientWidth), 100),
    height: HEIGHT,
    series,
    bands,
    legend: {show: false},
    cursor: {y: false, sync: sync ? {key: sync} : undefined, points: {size: 7}},
    scales: {x: {time: false, range: xRange}, y: {...log, ...scale === 'linear' && {range: range ? () => range : yRange}}},
    axes: [
      {stroke: ink, font, grid, ticks: grid, size: 34, space: 55, gap: 3},
      {
        stroke: ink, font, grid, ticks: grid, size: 54, space: 34, gap: 4,
        values: (chart, splits) => splits.map(value => value === null ? null : format(value)),
      },
    ],
    padding: [10, 12, 0, 0],
    hooks: {setCursor: [chart => setAt(chart.cursor.idx ?? null)]},
  };
}

function xRange(chart, low, high) {
  return missing(low) ? [0, 1] : low === high ? [low - 1, high + 1] : [low, high];
}

/** A curve without variance is in the middle, and not blown up. */
function yRange(chart, low, high) {
  if (missing(low)) {
    return [0, 1];
  }
  const room = high - low < 1e-9 * Math.max(Math.abs(high), 1) ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.06;
  return [low - room, high + room];
}

/** A small line for each series, without axes, for a table. series: [{label, values}] */
export function Sparkline({series, label, range}) {
  const [width, height, pad] = [110, 26, 3];
  const present = series.filter(one => one.values.length > 1);
  if (present.length === 0) {
    return html`<span class="muted">${DASH}</span>`;
  }
  const every = present.flatMap(one => one.values);
  const [low, high] = range ?? [Math.min(...every), Math.max(...every)];
  const line = values => values.map((value, index) => {
    const x = pad + index / (values.length - 1) * (width - 2 * pad);
    const y = high === low ? height / 2 : height - pad - (value - low) / (high - low) * (height - 2 * pad);
    return `${index ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join('');
  return html`<svg class="spark" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
    <title>${label}</title>
    ${present.map((one, index) => html`<path class=${`c${index % COLOURS}`} d=${line(one.values)} />`)}
  </svg>`;
}
