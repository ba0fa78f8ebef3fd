// Small things that several views show.

import {html, useEffect, useRef, useState} from './lib.js';
import {post, runPath} from './api.js';
import {capital, DASH, secondsSince, duration} from './format.js';
import {tell, useNow} from './live.js';

export const hasEnded = run => ['succeeded', 'failed', 'cancelled'].includes(run.state);

/** The part of an address that names a run, and what of it. */
export function runAddress(id, part, query) {
  const search = query ? new URLSearchParams(Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map(one => [name, one]))
    .filter(([, value]) => value !== undefined && value !== null && value !== '')) : '';
  return `#/runs/${encodeURIComponent(id)}${part ? `/${part}` : ''}${search && search.size ? `?${search}` : ''}`;
}

/** The tasks of all stages; those of a stage that trains have their generations where completions are sampled. */
export function tasksOf(spec) {
  return spec.stages?.length ? spec.stages.flatMap(stage => stage.tasks ?? []) : spec.tasks;
}

/** How many rollouts each task has in a step. */
export function rolloutsOf(spec) {
  return Object.fromEntries(tasksOf(spec).map(task =>
    [task.name, (task.prompts?.batchSize ?? 0) * (task.generations ?? 1)]));
}

export function judgesOf(spec) {
  return [...new Set(tasksOf(spec).flatMap(task => (task.judges ?? []).map(judge => judge.judge.split('@')[0])))];
}

export function Chip({tone, children}) {
  return html`<span class=${`chip ${tone}`}>${children}</span>`;
}

const RELATIVE = [[60, 1, 'second'], [3600, 60, 'minute'], [86_400, 3600, 'hour'], [Infinity, 86_400, 'day']];
const ago = new Intl.RelativeTimeFormat('en', {numeric: 'auto'});

/** A time as a person says it, with the exact one on hover. */
export function When({time, exact}) {
  if (!time) {
    return DASH;
  }
  const date = new Date(time);
  const full = date.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
  const seconds = Math.max(secondsSince(time), 0);
  const [, unit, word] = RELATIVE.find(([limit]) => seconds < limit);
  return html`<time datetime=${time} title=${full}>${exact ? full : ago.format(-Math.floor(seconds / unit), word)}</time>`;
}

/** How long something lasts that goes on. */
export function Since({time}) {
  useNow(true);
  return html`<span title=${new Date(time).toLocaleString()}>${duration(Math.max(secondsSince(time), 0))}</span>`;
}

/** Asks before it acts. */
export function Confirm({question, action, danger, onYes, onNo}) {
  const dialog = useRef(null);
  useEffect(() => dialog.current.showModal(), []);
  return html`<dialog ref=${dialog} aria-labelledby="question" onCancel=${onNo}>
    <p id="question">${question}</p>
    <div class="buttons">
      <button type="button" onClick=${onNo}>Keep it as it is</button>
      <button type="button" class=${danger ? 'danger' : 'primary'} onClick=${onYes}>${action}</button>
    </div>
  </dialog>`;
}

const ACTIONS = {
  pause: {
    of: ['queued', 'running'], question: name => `Pause “${name}” after the step it is in? It can go on later.`,
  },
  resume: {of: ['paused'], question: name => `Go on with “${name}”?`},
  cancel: {
    of: ['validating', 'queued', 'running', 'pausing', 'paused'], danger: true,
    question: name => `Cancel “${name}” for good? Its committed steps and checkpoints stay.`,
  },
};

/** What can be done with a run now. */
export function RunActions({run, done}) {
  const [asked, setAsked] = useState(null);
  const [busy, setBusy] = useState(false);
  const act = async action => {
    setAsked(null);
    setBusy(true);
    try {
      await post(`${runPath(run.id)}/${action}`);
      tell(null);
    } catch (problem) {
      tell(problem);
    }
    setBusy(false);
    done();
  };
  return html`<span class="buttons actions">
    ${Object.entries(ACTIONS).filter(([, {of}]) => of.includes(run.state)).map(([action, {danger}]) => html`
      <button type="button" key=${action} class=${danger ? 'quiet danger' : 'quiet'} disabled=${busy}
        aria-label=${`${capital(action)} ${run.name}`} onClick=${() => setAsked(action)}>${capital(action)}</button>`)}
    ${asked && html`<${Confirm} question=${ACTIONS[asked].question(run.name)} action=${`${capital(asked)} the run`}
      danger=${ACTIONS[asked].danger} onYes=${() => act(asked)} onNo=${() => setAsked(null)} />`}
  </span>`;
}

/** A table that scrolls by itself where it is too wide. */
export function Table({caption, heads, children, class: name = 'grid'}) {
  return html`<div class="wide" tabindex="0" role="region" aria-label=${caption}><table class=${name}>
    <caption class="quiet">${caption}</caption>
    <thead>${heads.length && Array.isArray(heads[0])
      ? heads.map(row => html`<tr>${row}</tr>`)
      : html`<tr>${heads.map(head => html`<th scope="col">${head}</th>`)}</tr>`}</thead>
    <tbody>${children}</tbody>
  </table></div>`;
}

export function Empty({children}) {
  return html`<div class="empty">${children}</div>`;
}

export function Loading({problem}) {
  return problem?.status === 404
    ? html`<${Empty}><p>There is nothing under this address.</p><p><a href="#/">All runs</a></p></${Empty}>`
    : html`<p class="muted" aria-busy="true">${problem ? 'Waiting for the platform…' : 'Loading…'}</p>`;
}

/** The title of the document while a view is open. */
export function useTitle(title) {
  useEffect(() => {
    document.title = title ? `${title} · Tribunal` : 'Tribunal';
  }, [title]);
}
