// How rewards are spread over the rollouts, and how that moves over the steps.

import {html, useState} from './lib.js';
import {get, runPath} from './api.js';
import {counted, number} from './format.js';
import {useLive} from './live.js';
import {hasEnded, Loading, runAddress} from './parts.js';

const VALUES = {
  reward: 'Reward', calibratedReward: 'Calibrated reward', score: 'Score', regularizedReward: 'Regularized reward',
  weight: 'Weight', logRatio: 'Log-ratio to the reference', completionTokens: 'Length in tokens',
};
const BINS = 24;
const PARTS = 60;

export function Histograms({run, tasks}) {
  const [value, setValue] = useState('reward');
  const {value: all, problem} = useLive(signal => get(`${runPath(run.id)}/histograms`,
    {value, bins: BINS, maxPoints: PARTS}, signal), `${run.id} ${value}`, () => (hasEnded(run) ? null : 15_000));
  const shown = tasks.flatMap(task => (all ?? []).filter(one => one.task === task));
  return html`<section aria-labelledby="histograms"><div class="heading"><h2 id="histograms">Histogram over the steps</h2>
    <form class="filters" onSubmit=${event => event.preventDefault()}><label>Of<select value=${value}
      onChange=${event => setValue(event.currentTarget.value)}>${Object.entries(VALUES).map(([name, title]) => html`
        <option value=${name}>${title}</option>`)}</select></label></form></div>
    <p class="muted small">A column for each part of the steps: the darker a cell, the more of the part’s rollouts have that value.</p>
    ${!all ? html`<${Loading} problem=${problem} />` : shown.length === 0 ? html`<p class="muted">No rollout has it.</p>`
      : html`<div class="figures">${shown.map(one => html`<${Histogram} key=${one.task} one=${one} run=${run}
          title=${VALUES[value]} />`)}</div>`}
  </section>`;
}

function Histogram({one: {task, low, high, parts}, run, title}) {
  const width = (high - low) / BINS;
  const rollouts = parts.map(part => part.counts.reduce((sum, each) => sum + each, 0));
  const total = rollouts.reduce((sum, each) => sum + each, 0);
  const steps = ({fromStep, toStep}) => (fromStep === toStep ? `step ${fromStep}` : `steps ${fromStep} to ${toStep}`);
  return html`<figure class="figure histogram"><figcaption><b>${title}: ${task}</b>
      <span class="n">n = ${counted(total, 'rollout')}</span></figcaption>
    <p class="ends muted small"><span>up to ${number(high)}</span></p>
    <svg viewBox=${`0 0 ${parts.length} ${BINS}`} preserveAspectRatio="none" role="img" aria-label=${
      `${title} of ${task}, from ${number(low)} to ${number(high)}, over ${steps({fromStep: parts[0].fromStep, toStep: parts.at(-1).toStep})}`}>
      ${parts.flatMap((part, column) => part.counts.map((count, bin) => count > 0 && html`
        <rect key=${`${column} ${bin}`} x=${column} y=${BINS - 1 - bin} width="1" height="1"
          fill-opacity=${Math.sqrt(count / rollouts[column])}><title>${steps(part)}: ${count} of ${
            counted(rollouts[column], 'rollout')} from ${number(low + bin * width)} to ${number(low + (bin + 1) * width)}</title></rect>`))}
    </svg>
    <p class="ends muted small"><span>from ${number(low)}, ${steps(parts[0])}</span>
      <a href=${runAddress(run.id, 'episodes', {task, split: 'train', order: 'lowest-score'})}>lowest</a>
      <a href=${runAddress(run.id, 'episodes', {task, split: 'train', order: 'highest-score'})}>highest</a>
      <span>${steps(parts.at(-1))}</span></p>
  </figure>`;
}
