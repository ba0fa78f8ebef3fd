// One run: its charts, its judges, its events.

import {get, listen} from './api.js';
import {chart} from './charts.js';
import {el, missing, number, percent, show, signed, when} from './dom.js';
import {asPoints, hasEnded, points, status} from './runs.js';

const EVENTS_SHOWN = 30;
const JUDGE_COLUMNS = ['Judge', 'Task', 'Violated, last step', 'Violated', 'Undecided', 'Breaker', 'Latency p50 / p99',
  'Agrees with'];

/** The tasks of all stages. */
function tasksOf(spec) {
  return spec.stages?.length ? spec.stages.flatMap(stage => stage.tasks ?? []) : spec.tasks;
}

export function runView(id) {
  const path = `/v1/runs/${encodeURIComponent(id)}`;
  const episodes = `#/runs/${encodeURIComponent(id)}/episodes`;
  const events = [];
  let spec = null;
  let listening = false;
  let news = () => {};

  return async function view(root, signal) {
    if (!listening) {
      listening = true;
      follow(signal);
    }
    spec ??= await get(`${path}/spec`, {}, signal);
    const [run, columns, checkpoints, judges] = await Promise.all([
      get(path, {}, signal),
      get(`${path}/metrics/columns`, {maxPoints: 200}, signal),
      get(`${path}/checkpoints`, {}, signal),
      get(`${path}/judges`, {split: 'train', maxPoints: 200}, signal),
    ]);
    const metrics = asPoints(columns);
    document.title = `${run.name} · Tribunal`;
    const sampled = tasksOf(spec).some(task => task.generations); // what files give is learnt, not sampled
    show(root,
      el('p', {class: 'crumbs'}, el('a', {href: '#/', 'data-key': 'runs'}, 'Runs'), ' / ', run.name),
      el('div', {class: 'heading'}, el('h1', {}, run.name),
        sampled && el('a', {class: 'button', href: episodes, 'data-key': 'episodes'}, 'Episodes')),
      status(run),
      sampled && heldOut(run, metrics),
      run.tasks.map(task => taskSection(sampled && episodes, task, metrics)),
      wholeRun(metrics),
      judgeTable(judges),
      artifactList(run.artifacts),
      checkpointList(checkpoints.data),
      eventList(events),
      specText(spec));
    // A changed run says so itself; without news look again all the same, for the judges' health.
    await new Promise(resolve => {
      news = resolve;
      setTimeout(resolve, 15000);
    });
    return hasEnded(run) ? 15000 : 300;
  };

  /** Keeps listening, however often the stream ends before the run does. */
  async function follow(signal) {
    while (!signal.aborted) {
      try {
        await listen(`${path}/events`, events[0]?.sequence, event => {
          events.unshift(event);
          events.length = Math.min(events.length, EVENTS_SHOWN);
          news();
        }, signal);
        if (hasEnded(await get(path, {}, signal))) {
          return;
        }
      } catch (error) {
        if (signal.aborted || error.status === 401 || error.status === 404) {
          return;
        }
      }
      await new Promise(resolve => setTimeout(resolve, 3000));
    }
  }
}

function heldOut(run, metrics) {
  const rows = run.tasks.map(task => ({
    task,
    feasible: points(metrics, 'heldOut.feasibleRate', task),
    reward: points(metrics, 'heldOut.calibratedReward', task),
    interval: (name, step, format) => {
      const end = suffix => points(metrics, name + suffix, task).find(point => point.step === step)?.value;
      return end('.low') === undefined ? '' :
        ` (${format(end('.low'))}–${format(end('.high'))}, n=${end('.prompts')})`;
    },
  })).filter(row => row.feasible.length + row.reward.length > 0);
  if (rows.length === 0) {
    return null;
  }
  const cells = (row, name, values, format, change = format) => {
    const first = values.find(point => point.step === 0);
    const last = values.findLast(point => point.step > 0);
    const before = first?.value;
    const after = last?.value;
    const gain = before === undefined || after === undefined ? null : after - before;
    return [
      el('td', {}, format(before), first && row.interval(name, first.step, format)),
      el('td', {}, format(after), last && row.interval(name, last.step, format)),
      el('td', {class: gain > 0 ? 'up' : gain < 0 ? 'down' : null}, signed(gain, change)),
    ];
  };
  const head = ['before', 'after', 'change'];
  return el('section', {'aria-labelledby': 'held-out'},
    el('h2', {id: 'held-out'}, 'Held-out prompts, never trained on'),
    el('div', {class: 'wide'}, el('table', {class: 'grid'},
      el('thead', {},
        el('tr', {}, el('th', {rowspan: 2, scope: 'col'}, 'Task'),
          el('th', {colspan: 3, scope: 'colgroup'}, 'Feasible'),
          el('th', {colspan: 3, scope: 'colgroup'}, 'Calibrated reward')),
        el('tr', {}, [...head, ...head].map(text => el('th', {scope: 'col'}, text)))),
      el('tbody', {}, rows.map(row => el('tr', {}, el('th', {scope: 'row'}, row.task),
        cells(row, 'heldOut.feasibleRate', row.feasible, percent, points100),
        cells(row, 'heldOut.calibratedReward', row.reward, number)))))));
}

/** The change of a rate. */
function points100(value) {
  return `${number(100 * value)} points`;
}

function taskSection(episodes, task, metrics) {
  const line = name => [{points: points(metrics, name, task)}];
  const rates = metrics
    .filter(series => series.task === task && series.name.startsWith('violationRate.'))
    .map(series => ({name: `${series.name.slice('violationRate.'.length)} violated`, points: series.points}));
  const scores = metrics
    .filter(series => series.task === task && series.name.startsWith('score.'))
    .map(series => ({name: series.name.slice('score.'.length), points: series.points}));
  const undecided = points(metrics, 'undecidedRate', task);
  if (undecided.length > 0) {
    rates.push({name: 'undecided', points: undecided});
  }
  const charts = [
    ['Calibrated reward', line('calibratedReward')],
    ['Feasible rate', line('feasibleRate'), {range: [0, 1], format: percent}],
    ['KL to the reference, nats a sequence', line('kl')],
    ['Judges: violated, undecided', rates, {range: [0, 1], format: percent}],
    ['Score', [...line('score'), ...scores]],
    ['Reward of all reward models', line('reward')],
    ['Completion length, tokens', line('completionTokens')],
    ['Loss', line('loss')],
  ].filter(([, series]) => series.some(one => one.points.length > 0));
  return el('section', {'aria-label': `Task ${task}`},
    el('div', {class: 'heading'}, el('h2', {}, 'Task ', el('span', {class: 'name'}, task)),
      episodes && el('a', {
        href: `${episodes}?task=${encodeURIComponent(task)}`, 'data-key': `of ${task}`,
      }, 'its episodes')),
    charts.length
      ? el('div', {class: 'charts'}, charts.map(([title, series, options]) => chart(title, series, options)))
      : el('p', {class: 'muted'}, 'No steps yet.'));
}

function wholeRun(metrics) {
  const own = metrics.filter(series => !series.task && series.points.length > 0);
  return own.length > 0 && el('section', {'aria-label': 'The whole run'},
    el('h2', {}, 'The whole run'),
    el('div', {class: 'charts'}, own.map(series => chart(words(series.name), [{points: series.points}]))));
}

/** gradientNorm: Gradient norm */
function words(name) {
  const spaced = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return spaced[0].toUpperCase() + spaced.slice(1);
}

function judgeTable(judges) {
  return judges.length > 0 && el('section', {'aria-labelledby': 'judges'},
    el('h2', {id: 'judges'}, 'Judges'),
    el('div', {class: 'wide'}, el('table', {class: 'grid'},
      el('thead', {}, el('tr', {}, JUDGE_COLUMNS.map(head => el('th', {scope: 'col'}, head)))),
      el('tbody', {}, judges.flatMap(judge => judge.tasks.map((task, index) => el('tr', {},
        el('th', {scope: 'row'}, `${judge.judge}@${judge.version}`),
        el('td', {}, task.task),
        el('td', {}, percent(violated(task.steps.at(-1)))),
        el('td', {}, percent(violated(task))),
        el('td', {}, undecided(task, judge)),
        // What follows is the judge's over all its tasks.
        index === 0 && [
          whole(judge, judge.breaker ? el('span', {class: `chip breaker-${judge.breaker}`}, judge.breaker) : '–'),
          whole(judge, judge.latency ? `${number(judge.latency.p50Ms)} / ${number(judge.latency.p99Ms)} ms` : '–'),
          whole(judge, judge.agreement.map(other => el('div', {}, agreement(other)))),
        ])))))));
}

const whole = (judge, content) => el('td', {rowspan: judge.tasks.length}, content);

/** The share of the decided. */
function violated(counts) {
  const decided = counts.satisfied + counts.violated;
  return decided === 0 ? null : counts.violated / decided;
}

function undecided(task, judge) {
  const asked = task.satisfied + task.violated + task.undecided;
  const share = percent(asked === 0 ? null : task.undecided / asked);
  const causes = Object.entries(judge.undecided).map(([code, count]) => `${code} ${count}`).join(', ');
  return task.undecided > 0 ? el('span', {title: `in all tasks: ${causes}`}, share) : share;
}

function agreement(other) {
  const kappa = missing(other.kappa) ? '' : `, κ ${number(other.kappa)}`;
  return `${other.judge} ${percent(other.same / other.decided)}${kappa}`;
}

/** What the finished stages of a run of several left. */
function artifactList(artifacts) {
  return artifacts.length > 0 && el('section', {'aria-labelledby': 'artifacts'},
    el('h2', {id: 'artifacts'}, 'Stages'),
    el('ul', {class: 'plain'}, artifacts.map(artifact =>
      el('li', {}, `${artifact.stage}: ${artifact.kind} `, el('code', {}, artifact.reference)))));
}

function checkpointList(checkpoints) {
  return checkpoints.length > 0 && el('section', {'aria-labelledby': 'checkpoints'},
    el('h2', {id: 'checkpoints'}, 'Checkpoints'),
    el('ul', {class: 'plain'}, checkpoints.map(checkpoint =>
      el('li', {}, `step ${checkpoint.step} `, el('code', {}, checkpoint.path), ' ',
        el('span', {class: 'muted'}, when(checkpoint.createdAt))))));
}

function eventList(events) {
  return events.length > 0 && el('section', {'aria-labelledby': 'events'},
    el('h2', {id: 'events'}, 'Latest events'),
    el('ol', {class: 'plain events', tabindex: 0, 'data-key': 'events'}, events.map(event =>
      el('li', {class: event.type}, el('span', {class: 'muted'}, when(event.time)), ' ', event.message))));
}

function specText(spec) {
  return el('details', {'data-key': 'spec'},
    el('summary', {}, 'The resolved spec'),
    el('pre', {tabindex: 0}, JSON.stringify(spec, null, 2)));
}
