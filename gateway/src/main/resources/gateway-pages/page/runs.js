// All runs, newest first.

import {get} from './api.js';
import {sparkline} from './charts.js';
import {duration, el, number, percent, show, signed, when} from './dom.js';

const PAGE = 20;
const OVERVIEW = ['calibratedReward', 'feasibleRate', 'kl', 'heldOut.feasibleRate', 'heldOut.calibratedReward', 'loss'];
const ENDED = ['succeeded', 'failed', 'cancelled'];

export const hasEnded = run => ENDED.includes(run.state);

export function runsView() {
  let limit = PAGE;
  const finished = new Map(); // metrics that cannot change any more

  return async function view(root, signal) {
    const page = await get('/v1/runs', {limit}, signal);
    const cards = await Promise.all(page.data.map(async run => {
      const metrics = finished.get(run.id)
        ?? asPoints(await get(
          `/v1/runs/${encodeURIComponent(run.id)}/metrics/columns`, {name: OVERVIEW, maxPoints: 60}, signal));
      if (hasEnded(run)) {
        finished.set(run.id, metrics);
      }
      return card(run, metrics);
    }));
    const older = () => {
      limit += PAGE;
      view(root, signal).catch(() => {}); // the next look reports it
    };
    document.title = 'Runs · Tribunal';
    show(root,
      el('h1', {}, 'Runs'),
      cards.length ? el('div', {class: 'cards'}, cards) : empty(),
      page.hasMore && el('button', {type: 'button', click: older, 'data-key': 'older'}, 'Older runs'));
    return page.data.every(hasEnded) ? 5000 : 2000;
  };
}

function empty() {
  return el('div', {class: 'empty'},
    el('p', {}, 'No runs yet.'),
    el('p', {class: 'muted'}, 'Start one: ', el('code', {}, './tribunal run apply -f examples/demo.yaml --watch')));
}

function card(run, metrics) {
  return el('article', {class: 'card'},
    el('h2', {}, el('a', {href: `#/runs/${encodeURIComponent(run.id)}`, 'data-key': run.id}, run.name)),
    status(run),
    metrics.some(series => series.name === 'feasibleRate') ? taskTable(run, metrics) : lossLine(metrics));
}

/** State, progress, and what a person should know now. */
export function status(run) {
  const from = run.startedAt ?? run.createdAt;
  const seconds = ((run.finishedAt ? new Date(run.finishedAt) : new Date()) - new Date(from)) / 1000;
  return [
    el('p', {class: 'facts'},
      el('span', {class: `chip ${run.state}`}, run.state),
      el('span', {}, run.methods.join(', ')),
      run.stage && el('span', {class: 'label'}, `stage ${run.stage}`),
      el('span', {}, when(run.createdAt)),
      run.startedAt && el('span', {}, duration(seconds)),
      Object.entries(run.labels ?? {}).map(([key, value]) => el('span', {class: 'label'}, `${key}=${value}`)),
      el('span', {class: 'id'}, run.id)),
    el('div', {class: 'progress'},
      el('progress', {max: run.steps || 1, value: run.step, 'aria-label': `${run.step} of ${run.steps} steps`}),
      el('span', {}, `${run.step} / ${run.steps}`),
      run.phase && el('span', {class: 'muted'}, run.phase)),
    run.terminalReason && el('p', {class: 'reason'}, run.terminalReason),
    run.conditions.length > 0 && el('ul', {class: 'conditions'}, run.conditions.map(condition =>
      el('li', {}, el('b', {}, condition.type), ' ', condition.message, ' ',
        el('span', {class: 'muted'}, 'since ', when(condition.since))))),
  ].filter(Boolean);
}

/** Each series with the points that charts draw. */
export function asPoints({series}) {
  return series.map(one => ({...one, points: one.steps.map((step, i) => ({step, value: one.values[i]}))}));
}

export function points(metrics, name, task) {
  return metrics.find(series => series.name === name && (series.task ?? null) === (task ?? null))?.points ?? [];
}

function lossLine(metrics) {
  const loss = metrics.filter(series => series.name === 'loss');
  return loss.length > 0 && el('dl', {class: 'measures'}, loss.map(series => el('div', {},
    el('dt', {}, series.task ? `Loss, ${series.task}` : 'Loss'),
    el('dd', {class: 'pair'}, number(series.points.at(-1)?.value), sparkline(series.points, 'Loss')))));
}

function taskTable(run, metrics) {
  if (metrics.length === 0) {
    return null;
  }
  const measure = (name, task, label, format) => {
    const values = points(metrics, name, task);
    return el('td', {'data-label': label},
      el('span', {class: 'pair'}, el('span', {class: 'figure'}, format(values.at(-1)?.value)),
        sparkline(values, `${label} of ${task}`)));
  };
  return el('div', {class: 'wide'}, el('table', {class: 'tasks'},
    el('caption', {class: 'quiet'}, `The tasks of ${run.name}: last step, and held-out prompts before and after`),
    el('thead', {}, el('tr', {},
      ['Task', 'Calibrated reward', 'Feasible', 'KL', 'Held-out feasible', 'Held-out reward']
        .map(head => el('th', {scope: 'col'}, head)))),
    el('tbody', {}, run.tasks.map(task => el('tr', {},
      el('th', {scope: 'row'}, task),
      measure('calibratedReward', task, 'Calibrated reward', value => signed(value)),
      measure('feasibleRate', task, 'Feasible', percent),
      measure('kl', task, 'KL', value => number(value)),
      beforeAfter(points(metrics, 'heldOut.feasibleRate', task), 'Held-out feasible', percent),
      beforeAfter(points(metrics, 'heldOut.calibratedReward', task), 'Held-out reward', value => signed(value)))))));
}

/** Before the first step and, once it is known, after the last. */
function beforeAfter(values, label, format) {
  const before = values.find(point => point.step === 0);
  const after = values.findLast(point => point.step > 0);
  const better = before && after && Math.sign(after.value - before.value);
  return el('td', {'data-label': label}, el('span', {},
    format(before?.value),
    after && [' → ', el('b', {class: better > 0 ? 'up' : better < 0 ? 'down' : null}, format(after.value))]));
}
