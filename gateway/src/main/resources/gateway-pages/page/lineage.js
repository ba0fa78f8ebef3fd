// Which run came from which: forks, stages and what they left.

import {html, useState} from './lib.js';
import {all, get, runPath} from './api.js';
import {useLive} from './live.js';
import {Chip, Empty, hasEnded, Loading, runAddress, useTitle, When} from './parts.js';

const MOST = 1000;

export function LineageView() {
  const {value: runs, problem} = useLive(signal => all('/v1/runs', {}, MOST, signal), 'lineage',
    found => found.every(hasEnded) ? 30_000 : 5000);
  useTitle('Lineage');
  if (!runs) {
    return html`<${Loading} problem=${problem} />`;
  }
  const known = new Set(runs.map(run => run.id));
  const children = Map.groupBy(runs.filter(run => known.has(run.parent?.run)), run => run.parent.run);
  const roots = runs.filter(run => !known.has(run.parent?.run));
  return html`<h1>Lineage</h1>
    <p class="muted">A run below another went on from one of its checkpoints. Open a run for its stages, its checkpoints and
      what they left.</p>
    ${runs.length === 0 ? html`<${Empty}><p>No runs yet.</p></${Empty}>`
      : html`<${Branch} runs=${roots} children=${children} />`}`;
}

function Branch({runs, children}) {
  return html`<ul class="tree">${runs.map(run => html`<li key=${run.id}>
    <${Run} run=${run} />
    ${children.has(run.id) && html`<${Branch} runs=${children.get(run.id).toReversed()} children=${children} />`}
  </li>`)}</ul>`;
}

function Run({run}) {
  const [open, setOpen] = useState(false);
  return html`<p><a href=${runAddress(run.id)}>${run.name}</a> <${Chip} tone=${run.state}>${run.state}</${Chip}>${' '}
    ${run.parent && html`<span class="label">${run.parent.kind === 'state' ? 'whole state' : 'weights'} of step ${run.parent.step}</span> `}
    <span class="muted">${run.step} / ${run.steps} steps, <${When} time=${run.createdAt} /></span>${' '}
    <button type="button" class="quiet" aria-expanded=${open} onClick=${() => setOpen(!open)}
      aria-label=${`What ${run.name} left`}>${open ? 'Less' : 'What it left'}</button></p>
    ${open && html`<${Left} run=${run} />`}`;
}

/** The base model, the stages and the checkpoints of a run. */
function Left({run}) {
  const {value, problem} = useLive(async signal => {
    const [spec, checkpoints] = await Promise.all([
      get(`${runPath(run.id)}/spec`, {}, signal), get(`${runPath(run.id)}/checkpoints`, {}, signal)]);
    return {spec, checkpoints: checkpoints.data};
  }, run.id);
  if (!value) {
    return html`<${Loading} problem=${problem} />`;
  }
  const stages = value.spec.stages?.length ? value.spec.stages.map(stage => stage.name) : [];
  return html`<ul class="tree">
    <li>starts from <code>${value.spec.policy?.model}</code>${run.parent && html` <a href=${`#/compare?${
      new URLSearchParams([['run', run.parent.run], ['run', run.id]])}`}>compare with its parent</a>`}</li>
    ${stages.map(stage => {
      const artifact = run.artifacts?.find(one => one.stage === stage);
      return html`<li key=${stage}>stage ${stage}${artifact ? html`: ${artifact.kind} <code>${artifact.reference}</code>`
        : html` <span class="muted">has left nothing yet</span>`}</li>`;
    })}
    ${value.checkpoints.map(checkpoint => html`<li key=${checkpoint.id}>
      <a href=${runAddress(run.id, 'checkpoints')}>checkpoint of ${checkpoint.stage} step ${checkpoint.step}</a>${' '}
      ${run.bestCheckpoint?.step === checkpoint.step && html`<span class="chip succeeded">best</span>`}</li>`)}
  </ul>`;
}
