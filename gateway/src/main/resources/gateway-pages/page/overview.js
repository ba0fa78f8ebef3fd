// What a person wants to know of a run first: alarms, whether it learns, the held-out prompts.

import {html} from './lib.js';
import {capital, counted, DASH, missing, number, percent, points, signed, words} from './format.js';
import {Figures} from './figures.js';
import {mean} from './metrics.js';
import {runAddress, Table, When} from './parts.js';

/** The query of an alarm's samples goes to the samples as it is. */
export function Alarms({run}) {
  const alarms = run.alarms ?? [];
  return alarms.length > 0 && html`<section class="alarms" role="alert" aria-label="Alarms">
    <ul>${alarms.map(alarm => html`<li key=${`${alarm.type} ${alarm.task} ${alarm.judge}`} class=${alarm.severity}>
      <b>${capital(words(alarm.type))}</b>${' '}
      ${alarm.task && html`<span class="label">task ${alarm.task}</span> `}
      ${alarm.judge && html`<span class="label">judge ${alarm.judge}</span> `}
      ${alarm.severity !== 'report' && html`<span class="label">${alarm.severity}s the run</span> `}
      <span>${alarm.message}</span>
      <span class="muted"> since ${alarm.since && html`<${When} time=${alarm.since} />`}${
        missing(alarm.step) ? '' : `, step ${alarm.step}`}</span>
      ${Object.keys(alarm.evidence ?? {}).length > 0 && html`<span class="evidence">${Object.entries(alarm.evidence)
        .map(([name, value]) => html`<span key=${name}>${name.includes('.') ? name : words(name)} <b>${
          typeof value === 'number' ? number(value) : String(value)}</b></span>`)}</span>`}
      ${!missing(alarm.episodes) && html`<a href=${`${runAddress(run.id, 'episodes')}?${alarm.episodes}`}>Its samples</a>`}
    </li>`)}</ul>
  </section>`;
}

export function Overview(shared) {
  const {run, metrics, sampled, tasks} = shared;
  return html`
    <p class="learning">${learning(run, metrics)}</p>
    ${sampled && html`<${HeldOut} run=${run} metrics=${metrics} tasks=${tasks} />`}
    <${Figures} section="overview" ...${shared} />
    ${run.artifacts?.length > 0 && html`<section aria-labelledby="artifacts"><h2 id="artifacts">Stages</h2>
      <ul class="plain">${run.artifacts.map(artifact => html`<li key=${artifact.stage}>${artifact.stage}: ${artifact.kind}${' '}
        <code>${artifact.reference}</code> <span class="muted"><${When} time=${artifact.createdAt} /></span>
        ${measured(artifact)}</li>`)}</ul>
    </section>`}`;
}

/** What a stage counted and measured. */
function measured(artifact) {
  const metrics = Object.entries(artifact.metrics ?? {});
  return metrics.length > 0 && html`<br /><span class="muted">${metrics
    .map(([name, value]) => `${name} ${number(value)}`).join(', ')}</span>`;
}

/** One sentence, from the strongest evidence that there is. */
export function learning(run, metrics) {
  if (run.step === 0) {
    return 'No step has been taken yet.';
  }
  const norms = metrics.get('gradientNorm').values;
  const without = run.signal ? run.signal.stepsWithoutUpdate : norms.filter(norm => norm === 0).length;
  const steps = run.signal ? run.signal.steps : norms.length;
  if (steps > 0 && without === steps) {
    return 'It has learnt nothing: no step has changed the weights.';
  }
  const still = without > steps / 2 ? ` ${without} of ${counted(steps, 'step')} changed nothing.` : '';
  return (heldOutChange(run, metrics) ?? trend(run, metrics)) + still;
}

/**
 * Higher or lower is only what intervals that do not touch say; a reward that rises is no proof that constraints hold, and
 * without judges everything is feasible.
 */
function heldOutChange(run, metrics) {
  const judged = new Set(metrics.all().filter(one => one.name.startsWith('heldOut.violationRate.')).map(one => one.task));
  const measured = [['feasible rate', 'heldOut.feasibleRate'], ['calibrated reward', 'heldOut.calibratedReward']]
    .map(([label, name]) => ({label, tasks: run.tasks.filter(task => name !== 'heldOut.feasibleRate' || judged.has(task))
      .map(task => ({task, change: change(metrics, name, task)})).filter(one => one.change !== null)}))
    .filter(one => one.tasks.length > 0);
  const said = measured.map(one => `the ${one.label} ${moved(one.tasks)}`).concat(moreViolated(metrics));
  return said.length === 0 ? null : `On held-out prompts ${said.join('; ')}.`;
}

/** What judges that do not train find worse than before. */
function moreViolated(metrics) {
  const prefix = 'heldOut.judge.';
  return metrics.all()
    .filter(({name, task}) => name.startsWith(prefix) && change(metrics, name, task) === 1)
    .map(({name, task}) => `${name.slice(prefix.length)}, which does not train, finds more violated in ${task}`);
}

function moved(tasks) {
  const named = which => tasks.filter(one => one.change === which).map(one => one.task);
  const inTasks = names => (names.length === tasks.length && names.length > 1
    ? `all ${names.length} tasks` : names.join(', '));
  const parts = [[1, 'higher'], [-1, 'lower']]
    .filter(([which]) => named(which).length > 0)
    .map(([which, word]) => `is ${word} beyond its interval in ${inTasks(named(which))}`);
  return parts.length === 0 ? 'stays within its intervals' : parts.join(' and ');
}

/** 1, -1, or 0 for what the intervals do not tell apart; null without a before and an after. */
function change(metrics, name, task) {
  const {steps, values} = metrics.get(name, task);
  if (steps.length < 2 || steps[0] !== 0) {
    return null;
  }
  const end = (suffix, step) => metrics.at(name + suffix, task, step);
  const last = steps.at(-1);
  const [low, high] = [end('.low', last), end('.high', last)];
  if ([low, high, end('.low', 0), end('.high', 0)].some(missing)) {
    return null;
  }
  return low > end('.high', 0) ? 1 : high < end('.low', 0) ? -1 : 0 * values[0];
}

/** Without held-out prompts yet: the first against the last quarter of the steps, by twice the standard error. */
function trend(run, metrics) {
  const name = ['calibratedReward', 'reward', 'score', 'loss'].find(one => run.tasks.some(task => metrics.has(one, task)));
  if (!name) {
    return 'Nothing was measured yet that tells whether it learns.';
  }
  const measured = run.tasks.filter(task => metrics.get(name, task).values.length >= 8);
  if (measured.length === 0) {
    return 'There are too few steps to tell whether it learns.';
  }
  const good = name === 'loss' ? -1 : 1;
  const rising = measured.filter(task => {
    const {values} = metrics.get(name, task);
    const part = Math.max(Math.floor(values.length / 4), 2);
    const [first, last] = [mean(values.slice(0, part)), mean(values.slice(-part))];
    return good * (last.mean - first.mean) > 2 * Math.hypot(first.error, last.error);
  });
  return `In training the ${words(name)} ${rising.length === 0 ? 'has not clearly improved in any task'
    : `improves in ${rising.join(', ')} (${rising.length} of ${counted(measured.length, 'task')})`}.`;
}

const HELD_OUT = [
  {name: 'heldOut.feasibleRate', title: 'Feasible', format: percent, change: points, good: 1},
  {name: 'heldOut.calibratedReward', title: 'Calibrated reward', format: number, change: number, good: 1},
  {name: 'heldOut.reward', title: 'Reward', format: number, change: number, good: 1},
  {name: 'heldOut.loss', title: 'Loss', format: number, change: number, good: -1},
];

/** Before, during and after, by task, with intervals and n, and the KL at which a gain was bought. */
function HeldOut({run, metrics, tasks}) {
  const measured = HELD_OUT.filter(({name}) => run.tasks.some(task => metrics.has(name, task)));
  // Where rewards are calibrated the reward is the same number.
  const calibrated = measured.some(({name}) => name === 'heldOut.calibratedReward');
  const measures = measured.filter(({name}) => !calibrated || name !== 'heldOut.reward');
  if (measures.length === 0) {
    return null;
  }
  const during = tasks.some(task => measures.some(({name}) => metrics.get(name, task).steps.length > 2));
  const parts = during ? ['before', 'best between', 'last', 'change'] : ['before', 'last', 'change'];
  const rows = tasks.filter(task => measures.some(({name}) => metrics.has(name, task)));
  return html`<section aria-labelledby="held-out"><h2 id="held-out">Held-out prompts, never trained on</h2>
    <${Table} caption="Held-out prompts, by task" class="grid held-out" heads=${[
      html`<th rowspan="2" scope="col">Task</th>${measures.map(({title}) => html`
        <th colspan=${parts.length} scope="colgroup">${title}</th>`)}<th rowspan="2" scope="col"
          title="Mean log-ratio to the reference on the held-out prompts: what a gain was bought for.">KL, nats</th>`,
      html`${measures.flatMap(({name}) => parts.map(part => html`<th scope="col" key=${name + part}>${part}</th>`))}`,
    ]}>${rows.map(task => html`<tr key=${task}><th scope="row"><a href=${runAddress(run.id, 'episodes', {task, split: 'held-out'})}>${task}</a></th>
      ${measures.map(measure => html`<${Measured} measure=${measure} task=${task} metrics=${metrics} during=${during} />`)}
      <td>${number(metrics.last('heldOut.kl', task))}</td></tr>`)}
    </${Table}>
    <p class="muted small">In brackets: the 95 % interval by a bootstrap over n prompts. A change in colour is one whose
      intervals do not touch.</p>
  </section>`;
}

function Measured({measure: {name, format, change: difference, good}, task, metrics, during}) {
  const {steps, values} = metrics.get(name, task);
  const cell = index => {
    const step = steps[index];
    const [low, high, n] = ['.low', '.high', '.prompts'].map(suffix => metrics.at(name + suffix, task, step));
    return html`<td>${format(values[index])}${!missing(low) && html` <span class="interval">(${format(low).replace(/\s%$/, '')}–${format(high)},
      ${' '}n=${n})</span>`}${index > 0 && during && html` <span class="interval">step ${step}</span>`}</td>`;
  };
  const none = html`<td>${DASH}</td>`;
  const first = steps[0] === 0 ? 0 : null;
  const last = steps.length > 0 && steps.at(-1) > 0 ? steps.length - 1 : null;
  const between = values.slice(1, -1);
  const best = between.length === 0 ? null
    : values.indexOf(good > 0 ? Math.max(...between) : Math.min(...between), 1);
  const gain = first === null || last === null ? null : values[last] - values[first];
  const sure = change(metrics, name, task);
  return html`${first === null ? none : cell(first)}
    ${during && (best === null ? none : cell(best))}
    ${last === null ? none : cell(last)}
    <td class=${sure ? sure * good > 0 ? 'up' : 'down' : null}>${signed(gain, difference)}</td>`;
}
