// The figures of a run by section: which metrics, what each says, and which way is good.

import {html} from './lib.js';
import {bytes, capital, count, duration, missing, number, percent, words} from './format.js';
import {Figure} from './figure.js';
import {Empty} from './parts.js';

/** Ends of names that belong to the metric before them. */
const SPREAD = /\.(std|min|max|p10|p90|low|high|prompts)$/;
/** More lines than these in one figure cannot be told apart. */
const LINES = 8;

/**
 * A figure has the metric `name`, a line for each task, or all that `each` begins, a line for each part of a task. What a
 * metric is, its unit and which way is good come from the API. Where it has quantiles, each task has a figure of its own
 * with a band.
 */
export const SECTIONS = {
  heldOut: {
    title: 'Held-out',
    figures: [
      {name: 'heldOut.feasibleRate', title: 'Feasible'},
      {name: 'heldOut.calibratedReward', title: 'Calibrated reward', format: number, range: undefined},
      {name: 'heldOut.reward', title: 'Reward'},
      {each: 'heldOut.score', title: 'Score'},
      {each: 'heldOut.judge', title: 'Violated, by judges that do not train'},
      {each: 'heldOut.rewardModel', title: 'Score by reward models that do not train'},
      {each: 'heldOut.violationRate', title: 'Violated, by judge'},
      {name: 'heldOut.kl', title: 'KL to the reference', scale: 'signed-log'},
      {name: 'heldOut.completionTokens', title: 'Completion length'},
      {name: 'heldOut.truncatedRate', title: 'Truncated'},
      {name: 'heldOut.loss', title: 'Loss'},
    ],
  },
  reward: {
    title: 'Reward',
    figures: [
      {name: 'calibratedReward', title: 'Calibrated reward', format: number, range: undefined},
      {each: 'score', title: 'Score'},
      {name: 'reward', title: 'Reward'},
      {name: 'calibratedReward.std', title: 'Spread of the calibrated reward', format: number, range: undefined,
        says: 'Standard deviation over the rollouts: at 0 all are alike, and there is nothing to learn.'},
      {each: 'score', spread: '.std', title: 'Spread of the score',
        says: 'Standard deviation over the rollouts: at 0 the reward model finds all alike.'},
      {name: 'loss', title: 'Loss'},
    ],
  },
  constraints: {
    title: 'Constraints',
    figures: [
      {name: 'feasibleRate', title: 'Feasible'},
      {each: 'violationRate', title: 'Violated, by judge'},
      {name: 'undecidedRate', title: 'Undecided'},
      {each: 'undecidedVerdictRate', title: 'Undecided, by judge'},
      {each: 'undecidedRate', title: 'Undecided, by what the others found', parts: true},
    ],
  },
  distance: {
    title: 'Distance',
    figures: [
      {name: 'kl', title: 'KL to the reference (k1)', scale: 'signed-log'},
      {name: 'kl.k3', title: 'KL to the reference (k3)', scale: 'log'},
      {over: ['calibratedReward', 'kl'], title: 'Calibrated reward over KL', says: 'What a gain was bought for, a point for each step: up without going right is cheap.', good: 'up'},
      {over: ['reward', 'kl'], title: 'Reward over KL', says: 'What a gain was bought for, a point for each step: up without going right is cheap.', good: 'up'},
      {name: 'entropy', title: 'Entropy'},
      {name: 'beyondLeashRate', title: 'Beyond the leash'},
    ],
  },
  length: {
    title: 'Length',
    figures: [
      {name: 'completionTokens', title: 'Completion length'},
      {name: 'completionTokens.min', title: 'Shortest completion', says: 'Tokens of the shortest completion of a step.'},
      {name: 'completionTokens.max', title: 'Longest completion', says: 'Tokens of the longest completion of a step.'},
      {name: 'completionTokens.finished', title: 'Length of finished completions'},
      {name: 'truncatedRate', title: 'Truncated'},
      {name: 'emptyRate', title: 'Empty'},
    ],
  },
  signal: {
    title: 'Signal',
    figures: [
      {name: 'updates', title: 'Updates'},
      {name: 'groupsSampled', title: 'Groups sampled'},
      {name: 'groupsKept', title: 'Groups learnt from'},
      {each: 'groupsLeft', title: 'Groups left out, by cause'},
      {name: 'pairsSkipped', title: 'Groups without a pair'},
      {name: 'preferenceAccuracy', title: 'Pairs ordered as labelled'},
      {each: 'eta', title: 'Right labels, by annotator'},
      {name: 'fallbacks', title: 'Fallbacks to the baseline completion'},
      {name: 'distinctPrompts', title: 'Distinct prompts'},
      {name: 'advantage', title: 'Advantage'},
      {name: 'advantage.std', title: 'Spread of the advantages', says: 'Standard deviation of the weights of a step: at 0 nothing is learnt.'},
    ],
  },
  optimizer: {
    title: 'Optimizer',
    figures: [
      {name: 'gradientNorm', title: 'Gradient norm', scale: 'log'},
      {each: 'gradientCosine', title: 'Cosine between tasks’ gradients'},
      {each: 'entanglement', title: 'Entanglement of pairs', range: [-1, 1]},
      {name: 'learningRate', title: 'Learning rate', format: value => missing(value) ? number(value) : value.toExponential(1)},
      {name: 'updateNorm', title: 'Update norm', scale: 'log'},
    ],
  },
  time: {
    title: 'Time',
    figures: [
      {suffix: 'Seconds', title: 'A step, by its parts', says: 'Where the time of a step goes; parts that overlap do not add up to it. Lower is faster.', good: 'down', format: duration},
      {name: 'tokensPerSecond', title: 'Tokens a second'},
      {suffix: 'Bytes', title: 'Memory', says: 'Memory of the trainer’s process after a step.', good: 'down', format: bytes},
    ],
  },
  other: {title: 'Other', figures: []},
};

const UNITS = {
  share: {format: percent, range: [0, 1]}, cosine: {range: [-1, 1]}, seconds: {format: duration},
  bytes: {format: bytes}, groups: {format: number}, 'tokens a second': {format: count},
};
const SHOWN_UNITS = ['nats a sequence', 'nats a token', 'tokens'];

/** What the API says of a metric, or of the one that a name begins with. */
function told(catalogue, name) {
  let about = catalogue.get(name);
  for (let short = name; !about && short.includes('.');) {
    short = short.slice(0, short.lastIndexOf('.'));
    about = catalogue.get(short);
  }
  return about ? {
    says: about.sentence, good: about.good === 'none' ? 'near' : about.good, ...UNITS[about.unit],
    unit: SHOWN_UNITS.includes(about.unit) ? about.unit : null,
  } : {says: `The metric ${name}, as it was measured.`};
}

const OVERVIEW = ['calibratedReward', 'feasibleRate', 'kl', 'loss'];
const ALL = Object.values(SECTIONS).flatMap(({figures}) => figures);

export function Figures({section, ...shared}) {
  const defined = section === 'overview' ? OVERVIEW.map(name => ALL.find(one => one.name === name))
    : section === 'other' ? others(shared) : SECTIONS[section].figures;
  const drawn = defined.flatMap(one => expand(one, shared)).filter(({series}) => series.some(line => line.steps.length > 0));
  return drawn.length === 0
    ? section === 'overview' ? null : html`<${Empty}><p>${shared.metrics.empty ? 'No step has been measured yet.'
      : 'This run does not measure anything of this kind.'}</p></${Empty}>`
    : html`<div class="figures">${drawn.map(one => html`<${Figure} key=${one.title} ...${shared.figures} ...${one} />`)}</div>`;
}

/** How a metric is drawn wherever it is. */
export function lookOf(catalogue, name) {
  const {title = capital(words(name)), scale, ...rest} = ALL.find(one => one.name === name || one.each === name) ?? {};
  return titled({...told(catalogue, name), scale, ...'format' in rest && {format: rest.format, range: rest.range},
    title: name.startsWith('heldOut.') ? `${title}, held out` : title});
}

function titled({title, unit, ...look}) {
  return {...look, title: unit ? `${title}, ${unit}` : title};
}

/** What no section knows, each by itself: nothing that was measured is hidden. */
function others({metrics, catalogue}) {
  const names = [...new Set(metrics.all().map(({name}) => name.replace(SPREAD, '')))];
  const known = name => ALL.some(one => one.name === name || one.each && (name === one.each || name.startsWith(`${one.each}.`))
    || one.suffix && name.endsWith(one.suffix));
  return names.filter(name => !known(name)).sort().map(name => ({name, title: capital(words(name)), ...told(catalogue, name)}));
}

function expand(definition, shared) {
  const {name, each, suffix, over, parts, spread: end = '', ...own} = definition;
  const {metrics, run, tasks, rollouts, catalogue} = shared;
  const look = name || each ? titled({...told(catalogue, name ?? firstOf(metrics, each) ?? each), ...own}) : own;
  const colour = task => run.tasks.indexOf(task);
  const rare = (name ?? each ?? '').startsWith('heldOut.');
  const series = (metric, task, label, hue) =>
    ({...metrics.get(metric, task), label, colour: hue, points: rare, band: band(metrics, metric, task)});
  if (over) {
    return [{...look, scale: undefined, axis: {label: 'nats of KL', of: x => x}, steps: [], sync: undefined, n: 'a point a step',
      series: tasks.map(task => scatter(metrics, over, task, colour(task)))}];
  }
  if (suffix) {
    const all = metrics.all().filter(one => one.name.endsWith(suffix) && one.task === null);
    return [{...look, n: 'a value a step', series: all.map((one, index) =>
      ({...one, label: words(one.name.slice(0, -suffix.length)), colour: index}))}];
  }
  const n = task => rare ? heldOutPrompts(metrics, task) : rollouts[task] ? `${rollouts[task]} rollouts a step` : null;
  const every = [...new Set(tasks.map(n))];
  const together = every.length === 1 ? every[0] : every.every(Boolean) ? `${every.map(one => parseInt(one)).join(', ')} by task` : null;
  if (each) {
    const lines = tasks.flatMap(task => [
      ...!parts && metrics.has(each + end, task) ? [{task, metric: each + end, part: null}] : [],
      ...metrics.parts(each, task).filter(part => !SPREAD.test(`.${part}`) && metrics.has(`${each}.${part}${end}`, task))
        .map(part => ({task, metric: `${each}.${part}${end}`, part})),
    ]);
    const label = ({task, part}) => part === null ? task : tasks.length === 1 ? words(part) : `${task}: ${words(part)}`;
    const spread = lines.some(({metric, task}) => !rare && metrics.has(`${metric}.p10`, task));
    if (lines.length <= LINES && !spread) {
      return [{...look, n: together, series: lines.map((line, index) => series(line.metric, line.task, label(line), index))}];
    }
    return tasks.map(task => ({...look, title: `${look.title}: ${task}`, n: n(task), series: lines.filter(line => line.task === task)
      .map((line, index) => series(line.metric, task, line.part === null ? task : words(line.part), index))}));
  }
  const whole = metrics.has(name) ? [series(name, null, 'the whole run', run.tasks.length)] : [];
  if (tasks.some(task => !rare && metrics.has(`${name}.p10`, task))) {
    return [...tasks.filter(task => metrics.has(name, task)).map(task => ({
      ...look, title: `${look.title}: ${task}`, says: `${look.says} The band is from the 10th to the 90th percentile.`,
      n: n(task), series: [series(name, task, 'mean', colour(task))],
    })), ...whole.length ? [{...look, series: whole}] : []];
  }
  return [{...look, n: together, series: [
    ...tasks.filter(task => metrics.has(name, task)).map(task => series(name, task, task, colour(task))), ...whole]}];
}

/** The whole name of the first metric that begins so: its parts may be told of one by one. */
function firstOf(metrics, each) {
  return metrics.all().find(one => one.name.startsWith(`${each}.`))?.name;
}

function band(metrics, name, task) {
  const pair = [['.low', '.high'], ['.p10', '.p90']].find(([low]) => metrics.has(name + low, task));
  return pair && {low: metrics.get(name + pair[0], task), high: metrics.get(name + pair[1], task)};
}

function heldOutPrompts(metrics, task) {
  const one = metrics.all().find(each => each.task === task && each.name.startsWith('heldOut.') && each.name.endsWith('.prompts'));
  return one ? `${one.values.at(-1)} prompts` : null;
}

/** A value over another of the same step. */
function scatter(metrics, [y, x], task, colour) {
  const pairs = metrics.get(y, task).steps.map((step, index) => [metrics.at(x, task, step), metrics.get(y, task).values[index]])
    .filter(([at]) => at !== undefined).sort(([a], [b]) => a - b);
  return {label: task, colour, points: true, scatter: true, steps: pairs.map(([at]) => at), values: pairs.map(([, value]) => value)};
}
