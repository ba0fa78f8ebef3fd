// All runs: search, sort, filter, and what can be done with each.

import {html, useEffect, useRef, useState} from './lib.js';
import {all, get} from './api.js';
import {counted, DASH, duration, percent, secondsSince} from './format.js';
import {Sparkline} from './figure.js';
import {useLive} from './live.js';
import {Metrics} from './metrics.js';
import {Chip, Empty, hasEnded, Loading, RunActions, runAddress, Table, useTitle, When} from './parts.js';

const STATES = ['validating', 'queued', 'running', 'pausing', 'paused', 'cancelling', 'succeeded', 'failed', 'cancelled'];
const MOST = 1000;
const SORTS = {
  newest: ['Newest first', (a, b) => b.createdAt.localeCompare(a.createdAt)],
  oldest: ['Oldest first', (a, b) => a.createdAt.localeCompare(b.createdAt)],
  name: ['Name', (a, b) => a.name.localeCompare(b.name)],
  state: ['State', (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)],
  progress: ['Progress', (a, b) => b.step / (b.steps || 1) - a.step / (a.steps || 1)],
  duration: ['Longest first', (a, b) => lasted(b) - lasted(a)],
};
const FIRST = 50;

export function RunsView({query}) {
  const filter = {
    text: query.get('text') ?? '', state: query.get('state') ?? '', label: query.get('label') ?? '',
    sort: SORTS[query.get('sort')] ? query.get('sort') : 'newest',
  };
  const [limit, setLimit] = useState(FIRST);
  const [chosen, setChosen] = useState([]);
  const asked = {state: filter.state, label: filter.label.includes('=') ? filter.label : ''};
  const {value, problem, reload} = useLive(async signal => {
    // What is searched or sorted must be there as a whole.
    const whole = filter.text || filter.sort !== 'newest';
    if (whole) {
      const runs = await all('/v1/runs', asked, MOST, signal);
      return {runs, hasMore: false};
    }
    const page = await get('/v1/runs', {...asked, limit}, signal);
    return {runs: page.data, hasMore: page.hasMore};
  }, JSON.stringify([filter, limit]), ({runs}) => runs.every(hasEnded) ? 5000 : 2000);
  useTitle('Runs');
  const change = event => {
    const form = event.currentTarget;
    const kept = [...new FormData(form)].filter(([name, text]) => text !== '' && !(name === 'sort' && text === 'newest'));
    location.replace(`#/${kept.length ? `?${new URLSearchParams(kept)}` : ''}`); // letters are not steps to go back by
  };
  const needle = filter.text.toLowerCase();
  const shown = (value?.runs ?? []).filter(run => !needle || haystack(run).includes(needle)).sort(SORTS[filter.sort][1]);
  const labels = [...new Set((value?.runs ?? []).flatMap(run =>
    Object.entries(run.labels ?? {}).map(([key, text]) => `${key}=${text}`)))].sort();
  return html`
    <div class="heading"><h1>Runs</h1>
      ${chosen.length > 1 && html`<a class="button primary"
        href=${`#/compare?${new URLSearchParams(chosen.map(id => ['run', id]))}`}>Compare ${chosen.length} runs</a>`}
    </div>
    <form class="filters" role="search" onInput=${change} onSubmit=${event => event.preventDefault()}>
      <label>Search<input type="search" name="text" value=${filter.text} placeholder="name, method, task, id" /></label>
      <label>State<select name="state" value=${filter.state}>
        <option value="">all</option>${STATES.map(state => html`<option value=${state}>${state}</option>`)}
      </select></label>
      <label>Label<input name="label" value=${filter.label} list="labels" placeholder="key=value" />
        <datalist id="labels">${labels.map(label => html`<option value=${label} />`)}</datalist></label>
      <label>Sort<select name="sort" value=${filter.sort}>
        ${Object.entries(SORTS).map(([name, [title]]) => html`<option value=${name}>${title}</option>`)}
      </select></label>
    </form>
    ${!value ? html`<${Loading} problem=${problem} />`
      : shown.length === 0 ? html`<${NoRuns} filtered=${filter.text || filter.state || filter.label} />`
        : html`<${Table} caption="The runs" class="runs" heads=${[
          html`<span class="quiet">Compare</span>`, 'Run', 'State', 'Steps', 'Started', 'Duration',
          'Feasible, by task', html`<span class="quiet">Actions</span>`]}>
          ${shown.map(run => html`<${RunRow} key=${run.id} run=${run} reload=${reload}
            chosen=${chosen.includes(run.id)} choose=${yes => setChosen(yes
              ? [...chosen, run.id] : chosen.filter(id => id !== run.id))} />`)}
        </${Table}>`}
    ${value?.hasMore && html`<button type="button" onClick=${() => setLimit(limit + FIRST)}>Older runs</button>`}`;
}

function haystack(run) {
  return [run.name, run.id, ...run.methods, ...run.tasks, ...Object.entries(run.labels ?? {}).flat()]
    .join(' ').toLowerCase();
}

function lasted(run) {
  return run.startedAt ? secondsSince(run.startedAt, run.finishedAt) : 0;
}

function NoRuns({filtered}) {
  return filtered
    ? html`<${Empty}><p>No run matches.</p><p><a href="#/">All runs</a></p></${Empty}>`
    : html`<${Empty}><p>No runs yet.</p>
      <p class="muted"><a href="#/new">Start one here</a>, or with${' '}
        <code>./tribunal run apply -f examples/demo.yaml --watch</code></p></${Empty}>`;
}

function RunRow({run, reload, chosen, choose}) {
  const alarms = run.alarms ?? [];
  return html`<tr>
    <td><input type="checkbox" checked=${chosen} aria-label=${`Compare ${run.name}`}
      onChange=${event => choose(event.currentTarget.checked)} /></td>
    <th scope="row"><a href=${runAddress(run.id)}>${run.name}</a>
      <span class="facts">
        <span>${run.methods.join(', ')}</span>
        ${Object.entries(run.labels ?? {}).map(([key, text]) => html`<a class="label" key=${key}
          href=${`#/?${new URLSearchParams({label: `${key}=${text}`})}`}>${key}=${text}</a>`)}
      </span></th>
    <td data-label="State"><span><${Chip} tone=${run.state}>${run.state}</${Chip}>
      ${alarms.length > 0 && html` <a class="chip alarm" href=${runAddress(run.id)}
        title=${alarms.map(alarm => alarm.message).join('\n')}>${counted(alarms.length, 'alarm')}</a>`}
      ${(run.waitsFor ?? []).map(wait => html` <span class="chip waiting" title=${wait.message}>waits for ${wait.name}</span>`)}
      ${run.terminalReason && html`<span class="reason short" title=${run.terminalReason}>${run.terminalReason}</span>`}
    </span></td>
    <td data-label="Steps"><span class="steps"><progress max=${run.steps || 1} value=${run.step}
      aria-label=${`${run.step} of ${run.steps} steps`}></progress> ${run.step} / ${run.steps}</span></td>
    <td data-label="Started"><${When} time=${run.startedAt ?? run.createdAt} /></td>
    <td data-label="Duration">${run.startedAt ? duration(lasted(run)) : DASH}</td>
    <td data-label="Feasible, by task"><${Glimpse} run=${run} /></td>
    <td><${RunActions} run=${run} done=${reload} /></td>
  </tr>`;
}

const glimpses = new Map();

/** The feasible rates of a run that is in sight. */
function Glimpse({run}) {
  const place = useRef(null);
  const [seen, setSeen] = useState(false);
  const [, drawn] = useState(0);
  const metrics = glimpses.get(run.id);
  useEffect(() => {
    const look = new IntersectionObserver(entries => setSeen(entries.some(entry => entry.isIntersecting)));
    look.observe(place.current);
    return () => look.disconnect();
  }, []);
  const stands = `${run.step} ${hasEnded(run)}`;
  useEffect(() => {
    if (!seen || run.step === 0 || metrics?.stands === stands) {
      return undefined;
    }
    const leave = new AbortController();
    const fetched = metrics ?? new Metrics(run.id, ['feasibleRate'], 60);
    fetched.load(leave.signal).then(() => {
      fetched.stands = stands;
      glimpses.set(run.id, fetched);
      drawn(run.step);
    }).catch(() => {}); // the list itself tells what is wrong
    return () => leave.abort();
  }, [seen, stands]);
  const series = !metrics ? [] : run.tasks.map(task => ({label: task, values: thin(metrics.get('feasibleRate', task).values)}))
    .filter(one => one.values.length > 0);
  const label = series.map(one => `${one.label} ${percent(one.values.at(-1))}`).join(', ');
  return html`<span ref=${place}><${Sparkline} series=${series} range=${[0, 1]} label=${`Feasible: ${label}`} /></span>`;
}

/** Enough for a small picture. */
function thin(values) {
  const every = Math.ceil(values.length / 60);
  return values.filter((value, index) => index % every === 0 || index === values.length - 1);
}
