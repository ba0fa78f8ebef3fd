// The figures of a run by section: which metrics, what each says, and which way is good.

import {html} from './lib.js';
import {bytes, capital, count, duration, number, percent, words} from './format.js';
import {Figure} from './figure.js';
import {Empty} from './parts.js';

const RATE = {format: percent, range: [0, 1]};

/** Ends of names that belong to the metric before them. */
const SPREAD = /\.(std|min|max|p10|p25|p50|p75|p90|low|high|prompts)$/;
/** More lines than these in one figure cannot be told apart. */
const LINES = 8;

/**
 * A figure has the metric `name`, a line for each task; or those with the prefix `each`, a line for each part of a task.
 * Where a metric has quantiles, each task has a figure of its own with a band.
 */
export const SECTIONS = {
  heldOut: {
    title: 'Held-out',
    figures: [
      {name: 'heldOut.feasibleRate', title: 'Feasible', says: 'Share of completions of held-out prompts that satisfy every constraint.', good: 'up', ...RATE},
      {name: 'heldOut.calibratedReward', title: 'Calibrated reward', says: 'How surely held-out completions beat the baseline completion: 0.5 is as good as it.', good: 'up'},
      {name: 'heldOut.reward', title: 'Reward', says: 'What the transforms make of all reward models’ scores, on held-out prompts.', good: 'up'},
      {each: 'heldOut.score', own: true, title: 'Score', says: 'Raw score of each reward model on held-out prompts.', good: 'up'},
      {each: 'heldOut.violationRate', title: 'Violated, by judge', says: 'Share of held-out completions that a judge found violated, of those it decided.', good: 'down', ...RATE},
      {name: 'heldOut.kl', title: 'KL to the reference, nats a sequence', says: 'How far the policy has moved from the reference on held-out prompts.', scale: 'signed-log'},
      {name: 'heldOut.truncatedRate', title: 'Truncated', says: 'Share of held-out completions that were cut off at the greatest length.', good: 'down', ...RATE},
      {name: 'heldOut.loss', title: 'Loss', says: 'The method’s own loss on held-out rows.', good: 'down'},
    ],
  },
  reward: {
    title: 'Reward',
    figures: [
      {name: 'calibratedReward', title: 'Calibrated reward', says: 'How surely completions beat the baseline completion, constraints aside: 0.5 is as good as it.', good: 'up'},
      {each: 'score', own: true, title: 'Score', says: 'Raw score of the reward models; its unit is theirs.', good: 'up'},
      {name: 'reward', title: 'Reward', says: 'What the transforms make of all reward models’ scores, constraints aside.', good: 'up'},
      {name: 'regularizedReward', title: 'Regularized reward', says: 'The reward after the penalty for leaving the reference (eq. 11).', good: 'up'},
      {name: 'loss', title: 'Loss', says: 'The method’s own loss.', good: 'down'},
    ],
  },
  constraints: {
    title: 'Constraints',
    figures: [
      {name: 'feasibleRate', title: 'Feasible', says: 'Share of rollouts that satisfy every constraint, of those that every judge decided.', good: 'up', ...RATE},
      {each: 'violationRate', title: 'Violated, by judge', says: 'Share of a judge’s decided verdicts that are violated.', good: 'down', ...RATE},
      {name: 'undecidedRate', title: 'Undecided', says: 'Share of rollouts with a verdict that no judge gave: they leave the batch.', good: 'down', ...RATE},
      {each: 'undecidedRate', title: 'Undecided, by what the others found', says: 'Undecided among rollouts that another judge found violated, and among the others: far apart, what is left is not what was sampled.', ...RATE},
    ],
  },
  distance: {
    title: 'Distance',
    figures: [
      {name: 'kl', title: 'KL to the reference (k1), nats a sequence', says: 'Mean log-ratio to the reference: unbiased, so that it may be below 0.', scale: 'signed-log'},
      {name: 'klK3', title: 'KL to the reference (k3), nats a sequence', says: 'The estimate that is never below 0 and varies less.', scale: 'log'},
      {over: ['calibratedReward', 'kl'], title: 'Calibrated reward over KL', says: 'What a gain was bought for: a point for each step. Up without going right is cheap.', good: 'up'},
      {over: ['reward', 'kl'], title: 'Reward over KL', says: 'What a gain was bought for: a point for each step.', good: 'up'},
      {name: 'entropy', title: 'Entropy, nats a token', says: 'How undecided the policy is about its next token: near 0 it says the same every time.'},
      {name: 'beyondKlMaxRate', title: 'Beyond the leash', says: 'Share of rollouts whose log-ratio is above klMax: they earn nothing.', good: 'down', ...RATE},
    ],
  },
  length: {
    title: 'Length',
    figures: [
      {name: 'completionTokens', title: 'Completion length, tokens', says: 'Mean length of the completions.', format: number},
      {name: 'completionTokensFinished', title: 'Length of finished completions, tokens', says: 'Mean length of completions that were not cut off.', format: number},
      {name: 'truncatedRate', title: 'Truncated', says: 'Share of completions that were cut off at the greatest length.', good: 'down', ...RATE},
      {name: 'emptyRate', title: 'Empty', says: 'Share of completions without any text.', good: 'down', ...RATE},
    ],
  },
  signal: {
    title: 'Signal',
    figures: [
      {name: 'groupsSampled', title: 'Groups sampled', says: 'Groups that a step sampled.', format: count},
      {name: 'groupsKept', title: 'Groups learnt from', says: 'Groups that gave the step something to learn.', good: 'up', format: count},
      {each: 'groupsLeft', title: 'Groups left out, by cause', says: 'Groups that taught nothing: too few decided, none feasible, or all alike.', good: 'down', format: count},
      {name: 'advantage', title: 'Advantage', says: 'Weight of a rollout after centring; its spread is what a step learns from.'},
      {name: 'advantage.std', title: 'Spread of the advantages', says: 'Standard deviation of the advantages: near 0 there is nothing to learn.', good: 'up'},
      {name: 'distinctPrompts', title: 'Distinct prompts', says: 'Different prompts of a step.', good: 'up', format: count},
    ],
  },
  optimizer: {
    title: 'Optimizer',
    figures: [
      {name: 'gradientNorm', title: 'Gradient norm', says: 'Before clipping; 0 where a step had nothing to learn. A jump is a bad batch, growth an instability.', scale: 'log'},
      {each: 'gradientCosine', title: 'Cosine between tasks’ gradients', says: 'Below 0 two tasks pull against each other.', range: [-1, 1]},
      {each: 'entanglement', title: 'Entanglement of pairs', says: 'How chosen and rejected completions pull at each other’s likelihood (arXiv 2410.13828).', range: [-1, 1]},
      {name: 'learningRate', title: 'Learning rate', says: 'As the schedule gives it.', format: value => value.toExponential(1)},
      {name: 'updateNorm', title: 'Update norm', says: 'How far a step moved the weights.', scale: 'log'},
    ],
  },
  time: {
    title: 'Time',
    figures: [
      {suffix: 'Seconds', title: 'A step, by its parts', says: 'Where a step’s time goes; parts that overlap do not add up to the whole.', good: 'down', format: duration},
      {name: 'tokensPerSecond', title: 'Tokens a second', says: 'Sampled tokens for each second of sampling.', good: 'up', format: count},
      {suffix: 'Bytes', title: 'Memory', says: 'The most memory in use.', good: 'down', format: bytes},
    ],
  },
  other: {title: 'Other', figures: []},
};

const OVERVIEW = ['calibratedReward', 'feasibleRate', 'kl', 'loss'];
const ALL = Object.values(SECTIONS).flatMap(({figures}) => figures);

export function Figures({section, ...shared}) {
  const defined = section === 'overview' ? OVERVIEW.map(name => ALL.find(one => one.name === name))
    : section === 'other' ? others(shared.metrics) : SECTIONS[section].figures;
  const drawn = defined.flatMap(one => expand(one, shared)).filter(({series}) => series.some(line => line.steps.length > 0));
  return drawn.length === 0
    ? section === 'overview' ? null : html`<${Empty}><p>${shared.metrics.empty ? 'No step has been measured yet.'
      : 'This run does not measure anything of this kind.'}</p></${Empty}>`
    : html`<div class="figures">${drawn.map(one => html`<${Figure} key=${one.title} ...${shared.figures} ...${one} />`)}</div>`;
}

/** How a metric is drawn wherever it is. */
export function lookOf(name) {
  const {title, says, good, format, range, scale} = ALL.find(one => one.name === name || one.own && one.each === name)
    ?? {title: capital(words(name)), says: `The metric ${name}, as it was measured.`};
  return {title: name.startsWith('heldOut.') ? `${title}, held out` : title, says, good, format, range, scale};
}

/** What no section knows, each by itself: nothing that was measured is hidden. */
function others(metrics) {
  const names = [...new Set(metrics.all().map(({name}) => name.replace(SPREAD, '')))];
  const known = name => ALL.some(one => one.name === name || one.each && name.startsWith(`${one.each}.`)
    || one.own && name === one.each || one.suffix && name.endsWith(one.suffix));
  return names.filter(name => !known(name)).sort().map(name =>
    ({name, title: capital(words(name)), says: `The metric ${name}, as it was measured.`}));
}

function expand(definition, shared) {
  const {name, each, suffix, over, own, ...look} = definition;
  const {metrics, run, tasks, rollouts} = shared;
  const colour = task => run.tasks.indexOf(task);
  const rare = (name ?? each ?? '').startsWith('heldOut.');
  const series = (metric, task, label, hue) =>
    ({...metrics.get(metric, task), label, colour: hue, points: rare, band: band(metrics, metric, task)});
  if (over) {
    return [{...look, scale: undefined, axis: {label: 'nats of KL', of: x => x}, steps: [], sync: undefined, n: 'a point a step',
      series: tasks.map(task => scatter(metrics, over, task, colour(task)))}];
  }
  if (suffix) {
    const own = metrics.all().filter(one => one.name.endsWith(suffix) && one.task === null);
    return [{...look, n: 'a value a step', series: own.map((one, index) =>
      ({...one, label: words(one.name.slice(0, -suffix.length)), colour: index}))}];
  }
  const n = task => rare ? heldOutPrompts(metrics, task) : rollouts[task] ? `${rollouts[task]} rollouts a step` : null;
  const every = [...new Set(tasks.map(n))];
  const together = every.length === 1 ? every[0] : every.every(Boolean) ? `${every.map(one => parseInt(one)).join(', ')} by task` : null;
  if (each) {
    const lines = tasks.flatMap(task => [
      ...own && metrics.has(each, task) ? [{task, metric: each, part: null}] : [],
      ...metrics.parts(each, task).filter(part => !SPREAD.test(`.${part}`)).map(part => ({task, metric: `${each}.${part}`, part})),
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
