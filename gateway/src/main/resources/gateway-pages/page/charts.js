// Small line charts as SVG.

import {el, number, svg} from './dom.js';

/** A line without axes, for a table. points: [{step, value}] */
export function sparkline(points, label) {
  const [width, height, pad] = [96, 24, 2.5];
  if (points.length < 2) {
    return el('span', {class: 'spark none'});
  }
  const scale = scales([points], width, height, pad, pad);
  const last = points.at(-1);
  const labelled = {role: 'img', 'aria-label': spoken(label, points)};
  return svg('svg', {class: 'spark', viewBox: `0 0 ${width} ${height}`, ...labelled},
    svg('path', {d: path(points, scale)}),
    svg('circle', {cx: scale.x(last.step), cy: scale.y(last.value), r: 2}));
}

/**
 * A chart with its axes and, under the pointer, the values of a step.
 * series: [{name, points}]; range fixes the y axis, as for rates.
 */
export function chart(title, series, {range, format = number} = {}) {
  const present = series.filter(one => one.points.length > 0);
  if (present.length === 0) {
    return el('figure', {class: 'chart'}, el('figcaption', {}, title), el('p', {class: 'muted'}, 'No values yet.'));
  }
  const [width, height, left, bottom] = [340, 150, 44, 18];
  const scale = scales(present.map(one => one.points), width, height, left, bottom, range);
  const cursor = svg('line', {class: 'cursor', y1: 6, y2: height - bottom, visibility: 'hidden'});
  const named = present.length > 1 || Boolean(present[0].name);
  const readout = el('span', {class: 'readout'});
  const values = present.map((one, index) => el(named ? 'li' : 'b', {class: named ? `s${index % 6}` : null}));
  const readAt = step => {
    readout.replaceChildren(step === null ? '' : `step ${step} `, ...named ? [] : values);
    present.forEach((one, index) => {
      const point = step === null ? one.points.at(-1) : one.points.find(other => other.step === step);
      values[index].replaceChildren(one.name ? `${one.name} ` : '', el('b', {}, format(point?.value)));
    });
  };
  readAt(null);
  const picture = svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': present.map(one => spoken(`${title} ${one.name ?? ''}`, one.points, format)).join('. '),
    pointermove: event => point(event),
    pointerleave: () => {
      cursor.setAttribute('visibility', 'hidden');
      readAt(null);
    },
  },
  scale.ticks.map(value => svg('g', {class: 'grid'},
    svg('line', {x1: left, x2: width - 6, y1: scale.y(value), y2: scale.y(value)}),
    svg('text', {x: left - 6, y: scale.y(value) + 3.5, 'text-anchor': 'end'}, format(value)))),
  [...new Set([scale.first, scale.last])].map(step => svg('text', {
    class: 'step', x: scale.x(step), y: height - 4, 'text-anchor': step === scale.first ? 'start' : 'end',
  }, `step ${step}`)),
  present.map(({points: [first, second], points: all}, index) => second
    ? svg('path', {class: `line s${index % 6}`, d: path(all, scale)})
    : svg('circle', {class: `dot s${index % 6}`, cx: scale.x(first.step), cy: scale.y(first.value), r: 3})),
  cursor);

  function point(event) {
    const box = picture.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width * width;
    const steps = present[0].points.map(point => point.step);
    const step = steps.reduce((best, one) => Math.abs(scale.x(one) - at) < Math.abs(scale.x(best) - at) ? one : best);
    cursor.setAttribute('x1', scale.x(step));
    cursor.setAttribute('x2', scale.x(step));
    cursor.setAttribute('visibility', 'visible');
    readAt(step);
  }

  return el('figure', {class: 'chart'},
    el('figcaption', {}, title, readout),
    picture,
    named ? el('ul', {class: 'legend'}, values) : null);
}

function spoken(label, points, format = number) {
  const [first, last] = [points[0], points.at(-1)];
  return `${label}: ${format(first.value)} at step ${first.step}, ${format(last.value)} at step ${last.step}`;
}

function path(points, scale) {
  const corner = point => `${scale.x(point.step).toFixed(1)} ${scale.y(point.value).toFixed(1)}`;
  return `M${points.map(corner).join('L')}`;
}

function scales(lines, width, height, left, bottom, range) {
  const points = lines.flat();
  const steps = points.map(point => point.step);
  const values = points.map(point => point.value);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  let [low, high] = range ?? [Math.min(...values), Math.max(...values)];
  const flat = low === high;
  if (flat) {
    const room = Math.abs(low) * 0.1 || 1;
    [low, high] = [low - room, high + room];
  }
  const right = Math.min(left, 6);
  const top = Math.min(bottom, 8);
  return {
    first,
    last,
    ticks: (flat ? [values[0]] : [low, (low + high) / 2, high])
      .map(tick => Math.abs(tick) < (high - low) / 100 ? 0 : tick),
    x: step => left + (last === first ? 0 : (step - first) / (last - first)) * (width - left - right),
    y: value => height - bottom - (value - low) / (high - low) * (height - bottom - top),
  };
}
