// Several runs: their curves over each other, and what differs in their specs.

import {html, useEffect, useMemo, useState} from './lib.js';
import {all, get, runPath} from './api.js';
import {DASH, number, words} from './format.js';
import {Figure} from './figure.js';
import {lookOf} from './figures.js';
import {tell, useLive, useRemembered} from './live.js';
import {Metrics, metricsByName} from './metrics.js';
import {Chip, Empty, hasEnded, Loading, runAddress, Table, useTitle, When} from './parts.js';

const MOST = 8;
const FIRST = ['heldOut.feasibleRate', 'heldOut.calibratedReward', 'calibratedReward', 'feasibleRate', 'kl', 'loss'];

export function CompareView({query}) {
  const ids = [...new Set(query.getAll('run'))].slice(0, MOST);
  useTitle('Compare');
  const listed = useLive(signal => all('/v1/runs', {}, 500, signal), 'runs');
  const compared = useLive(signal => Promise.all(ids.map(async id => {
    const [run, spec] = await Promise.all([get(runPath(id), {}, signal), get(`${runPath(id)}/spec`, {}, signal)]);
    return {run, spec};
  })), ids.join(), runs => runs.every(({run}) => hasEnded(run)) ? null : 10_000);
  const go = chosen => {
    location.hash = `#/compare?${new URLSearchParams(chosen.map(id => ['run', id]))}`;
  };
  const others = (listed.value ?? []).filter(run => !ids.includes(run.id));
  return html`<h1>Compare</h1>
    <ul class="chosen" aria-label="Runs that are compared">${(compared.value ?? []).map(({run}, index) => html`
      <li key=${run.id} class=${`c${index}`}><span class="key" aria-hidden="true"></span><a href=${runAddress(run.id)}>${run.name}</a>${' '}
        <${Chip} tone=${run.state}>${run.state}</${Chip}> <span class="muted"><${When} time=${run.createdAt} /></span>${' '}
        <button type="button" class="quiet" aria-label=${`Leave out ${run.name}`} onClick=${() => go(ids.filter(id => id !== run.id))}>×</button></li>`)}
    </ul>
    ${ids.length < MOST && html`<form class="filters" onSubmit=${event => event.preventDefault()}><label>Add a run<select value=""
      onChange=${event => event.currentTarget.value && go([...ids, event.currentTarget.value])}>
      <option value="">choose…</option>${others.map(run => html`<option value=${run.id}>${run.name} (${run.state}, ${
        new Date(run.createdAt).toLocaleString()})</option>`)}</select></label></form>`}
    ${ids.length < 2 ? html`<${Empty}><p>Choose two runs or more, here or in the list of runs.</p></${Empty}>`
      : !compared.value ? html`<${Loading} problem=${compared.problem} />`
        : html`<${Curves} ids=${ids} compared=${compared.value} /><${Differences} compared=${compared.value} />`}`;
}

function Curves({ids, compared}) {
  const runs = useMemo(() => new Map(ids.map(id => [id, new Metrics(id, undefined, 400)])), [ids.join()]);
  const [catalogue, drawn] = useState(new Map());
  const [only, setOnly] = useState('');
  const [smoothing, setSmoothing] = useRemembered('smoothing', 'none');
  const stands = compared.map(({run}) => run.step).join();
  useEffect(() => {
    const leave = new AbortController();
    Promise.all([metricsByName(leave.signal), ...[...runs.values()].map(metrics => metrics.load(leave.signal))])
      .then(([names]) => drawn(new Map(names))).catch(problem => !leave.signal.aborted && tell(problem));
    return () => leave.abort();
  }, [ids.join(), stands]);
  const every = [...new Set([...runs.values()].flatMap(metrics => metrics.all().map(one => one.name)))]
    .filter(name => !/\.(low|high|prompts|p10|p90|min|max|std)$/.test(name)).sort();
  const names = only ? [only] : FIRST.filter(name => every.includes(name)).slice(0, 4);
  const label = run => compared.filter(other => other.run.name === run.name).length > 1 ? `${run.name} (${run.id.slice(-4)})` : run.name;
  const everyTask = [...new Set(compared.flatMap(({run}) => run.tasks))];
  const [task, setTask] = useState('');
  const tasks = everyTask.includes(task) ? [task] : everyTask;
  const figures = names.flatMap(name => [...tasks, null].map(task => ({
    ...lookOf(catalogue, name),
    title: `${lookOf(catalogue, name).title}${task ? `: ${task}` : ''}`,
    n: promptsOf(runs, name, task) ?? 'a value a step',
    series: compared.map(({run}, index) => ({...runs.get(run.id).get(name, task), label: label(run), colour: index,
      points: name.startsWith('heldOut.')})).filter(one => one.steps.length > 0),
  }))).filter(({series}) => series.length > 0);
  return html`<section aria-label="Curves"><form class="filters" onSubmit=${event => event.preventDefault()}>
    <label>Metric<select value=${only} onChange=${event => setOnly(event.currentTarget.value)}>
      <option value="">the main ones</option>${every.map(name => html`<option value=${name}>${name}</option>`)}</select></label>
    ${everyTask.length > 1 && html`<label>Task<select value=${task} onChange=${event => setTask(event.currentTarget.value)}>
      <option value="">all, a figure each</option>${everyTask.map(one => html`<option value=${one}>${one}</option>`)}</select></label>`}
    <label>Smoothing<select value=${smoothing} onChange=${event => setSmoothing(event.currentTarget.value)}>
      <option value="none">none: raw</option><option value="some">some (0.6)</option><option value="more">more (0.9)</option></select></label>
    </form>
    <div class="figures">${figures.map(figure => html`<${Figure} key=${figure.title} ...${figure} sync="compare"
      axis=${{label: 'step', of: step => step}} smoothing=${{some: 0.6, more: 0.9}[smoothing] ?? 0} />`)}</div>
    <${Ends} compared=${compared} runs=${runs} tasks=${tasks} />
  </section>`;
}

/** Over how many held-out prompts a value is the mean. */
function promptsOf(runs, name, task) {
  const each = [...runs.values()].map(metrics => metrics.last(`${name}.prompts`, task)).filter(Boolean);
  return each.length ? `${[...new Set(each)].join(', ')} prompts` : null;
}

/** What each run ended with, on held-out prompts. */
function Ends({compared, runs, tasks}) {
  const names = FIRST.filter(name => name.startsWith('heldOut.'));
  const rows = tasks.flatMap(task => names.filter(name => [...runs.values()].some(metrics => metrics.has(name, task)))
    .map(name => ({task, name})));
  return rows.length > 0 && html`<h2>Held-out prompts at the end</h2>
    <${Table} caption="Held-out values at the end" heads=${['Task', 'Metric', ...compared.map(({run}) => run.name)]}>
      ${rows.map(({task, name}) => html`<tr key=${task + name}><th scope="row">${task}</th><td>${words(name.slice(8))}</td>
        ${compared.map(({run}) => {
          const metrics = runs.get(run.id);
          const step = metrics.get(name, task).steps.at(-1);
          const [low, high, n] = ['.low', '.high', '.prompts'].map(suffix => metrics.at(name + suffix, task, step));
          return html`<td>${number(metrics.last(name, task))} ${low !== undefined && html`<span class="interval">
            (${number(low)}–${number(high)}, n=${n})</span>`}</td>`;
        })}</tr>`)}</${Table}>`;
}

function Differences({compared}) {
  const flat = compared.map(({spec}) => flatten(spec));
  const pointers = [...new Set(flat.flatMap(one => [...one.keys()]))]
    .filter(pointer => new Set(flat.map(one => one.get(pointer))).size > 1);
  return html`<section aria-labelledby="differences"><h2 id="differences">What differs in their specs</h2>
    ${pointers.length === 0 ? html`<p class="muted">Nothing: only what is random.</p>`
      : html`<${Table} caption="Differences of the specs" heads=${['Field', ...compared.map(({run}) => run.name)]}>
        ${pointers.map(pointer => html`<tr key=${pointer}><th scope="row"><code>${pointer}</code></th>
          ${flat.map(one => html`<td><code>${one.get(pointer) ?? DASH}</code></td>`)}</tr>`)}</${Table}>`}
  </section>`;
}

/** Values by JSON pointer; tasks and stages by their names, so that an order is not a difference. */
function flatten(value, at = '', into = new Map()) {
  if (value === null || typeof value !== 'object') {
    into.set(at, JSON.stringify(value));
  } else {
    for (const [key, one] of Object.entries(value)) {
      flatten(one, `${at}/${Array.isArray(value) ? one?.name ?? key : key}`, into);
    }
  }
  return into;
}
