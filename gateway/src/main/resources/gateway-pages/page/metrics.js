// The metrics of a run, by column. What is here is not fetched again: a cursor says from where on.

import {get, runPath} from './api.js';

let catalogue;

/** What each metric is: a sentence, its unit, which way is good; by name, fetched once. */
export async function metricsByName(signal) {
  catalogue ??= new Map((await get('/v1/metrics', {}, signal)).data.map(one => [one.name, one]));
  return catalogue;
}

const NONE = Object.freeze({steps: Object.freeze([]), values: Object.freeze([])});

export class Metrics {
  #series = new Map();
  #cursor;

  /**
   * names: of the metrics that are wanted; none: all
   * maxPoints: of each series in one answer, whose least and greatest values are kept; none: every point
   */
  constructor(id, names, maxPoints) {
    this.id = id;
    this.names = names;
    this.maxPoints = maxPoints;
  }

  /** Adds what is new; true if anything was. */
  async load(signal) {
    let [news, answer] = [false, null];
    do {
      answer = await get(`${runPath(this.id)}/metrics/columns`,
        {after: this.#cursor, name: this.names, maxPoints: this.maxPoints}, signal);
      if (answer.reset) {
        this.#series.clear();
      }
      this.#cursor = answer.cursor;
      for (const {name, task, steps, values} of answer.series) {
        const own = this.#series.get(key(name, task)) ?? {name, task: task ?? null, steps: [], values: []};
        own.steps.push(...steps);
        own.values.push(...values);
        this.#series.set(key(name, task), own);
      }
      news ||= answer.reset || answer.series.length > 0;
    } while (answer.hasMore);
    return news;
  }

  get(name, task) {
    return this.#series.get(key(name, task)) ?? NONE;
  }

  has(name, task) {
    return this.get(name, task).steps.length > 0;
  }

  last(name, task) {
    return this.get(name, task).values.at(-1);
  }

  at(name, task, step) {
    const {steps, values} = this.get(name, task);
    return values[steps.indexOf(step)];
  }

  all() {
    return [...this.#series.values()];
  }

  /** The second parts of names such as violationRate.JUDGE, of one task or of all. */
  parts(prefix, task) {
    const found = this.all().filter(one => one.name.startsWith(`${prefix}.`) && (task === undefined || one.task === task));
    return [...new Set(found.map(one => one.name.slice(prefix.length + 1)))].sort();
  }

  get empty() {
    return this.#series.size === 0;
  }

  /** The training steps that the run has taken. */
  steps() {
    const longest = this.all().filter(one => !one.name.startsWith('heldOut.'))
      .reduce((best, one) => one.steps.length > best.length ? one.steps : best, NONE.steps);
    return longest;
  }
}

const key = (name, task) => `${name}\n${task ?? ''}`;

/**
 * What the x axis can be: a function of a step. Seconds and tokens are summed over the steps up to it.
 *
 * rollouts: of each task in a step, for the tokens
 */
export function axisOf(choice, metrics, rollouts) {
  if (choice === 'time') {
    const {steps, values} = metrics.get('stepSeconds');
    return {label: 'hours of training', ...summed(steps, values.map(value => value / 3600))};
  }
  if (choice === 'tokens') {
    const perStep = new Map();
    for (const {task, steps, values} of metrics.all().filter(one => one.name === 'completionTokens')) {
      steps.forEach((step, index) =>
        perStep.set(step, (perStep.get(step) ?? 0) + values[index] * (rollouts[task] ?? 0)));
    }
    const steps = [...perStep.keys()].sort((a, b) => a - b);
    return {label: 'sampled tokens', ...summed(steps, steps.map(step => perStep.get(step)))};
  }
  return {label: 'step', of: step => step, known: true};
}

function summed(steps, values) {
  const sums = new Map([[0, 0]]);
  let sum = 0;
  steps.forEach((step, index) => {
    sum += values[index];
    sums.set(step, sum);
  });
  return {of: step => sums.get(step) ?? null, known: steps.length > 0};
}

/** An exponential moving average whose first values are not drawn to zero; a gap stays a gap. */
export function smoothed(values, weight) {
  let [sum, share] = [0, 0];
  return values.map(value => {
    if (value === null || value === undefined) {
      return value;
    }
    sum = weight * sum + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return sum / share;
  });
}

/** Mean and standard error. */
export function mean(values) {
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / Math.max(values.length - 1, 1);
  return {mean: average, error: Math.sqrt(variance / values.length)};
}
