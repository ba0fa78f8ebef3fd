// Comparisons: variants of a spec over seeds, what came of them with intervals, and curves with bands over the seeds.

import {html, useState} from './lib.js';
import {get} from './api.js';
import {capital, count, counted, DASH, missing, number, percent, signed, words} from './format.js';
import {Figure} from './figure.js';
import {lookOf} from './figures.js';
import {useLive} from './live.js';
import {metricsByName} from './metrics.js';
import {Chip, Empty, hasEnded, Loading, runAddress, Table, useTitle, When} from './parts.js';

const address = (name, query = {}) => {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return `#/comparisons/${encodeURIComponent(name)}${search.size ? `?${search}` : ''}`;
};

export function ComparisonsView() {
  useTitle('Comparisons');
  const {value, problem} = useLive(signal => get('/v1/comparisons', {}, signal), 'comparisons',
    ({data}) => data.every(one => one.ended === one.runs) ? 30_000 : 5000);
  return html`<h1>Comparisons</h1>
    ${!value ? html`<${Loading} problem=${problem} />`
      : value.data.length === 0 ? html`<${Empty}><p>There is none yet. One is started with
        <code>./tribunal compare -f examples/comparison.yaml</code></p></${Empty}>`
        : html`<${Table} caption="All comparisons" heads=${['Name', 'Arms', 'Runs', 'Ended', 'Created']}>
          ${value.data.map(one => html`<tr key=${one.name}><th scope="row"><a href=${address(one.name)}>${one.name}</a></th>
            <td>${one.arms}</td><td>${one.runs}</td><td>${one.ended}</td><td><${When} time=${one.createdAt} /></td></tr>`)}
        </${Table}>`}`;
}

export function ComparisonView({name, query}) {
  const asked = {metric: query.get('metric') ?? '', base: query.get('base') ?? '', task: query.get('task') ?? ''};
  const [hidden, setHidden] = useState([]);
  useTitle(`Comparison ${name}`);
  const {value, problem} = useLive(async signal => {
    const [comparison, catalogue] = await Promise.all([
      get(`/v1/comparisons/${encodeURIComponent(name)}`, {metric: asked.metric, base: asked.base}, signal), metricsByName(signal)]);
    return {comparison, catalogue};
  }, JSON.stringify([name, asked.metric, asked.base]),
  ({comparison}) => comparison.arms.every(arm => arm.runs.every(hasEnded)) ? null : 10_000);
  if (!value) {
    return html`<h1>${name}</h1><${Loading} problem=${problem} />`;
  }
  const {comparison, catalogue} = value;
  const choose = change => {
    location.hash = address(name, {...asked, ...change});
  };
  return html`<h1>${name}</h1>
    ${comparison.notes.length > 0 && html`<ul class="notes" aria-label="What to know before comparing">
      ${comparison.notes.map(note => html`<li><b>${capital(words(note.type))}.</b> ${note.message}</li>`)}</ul>`}
    <${Arms} comparison=${comparison} hidden=${hidden} toggle=${arm =>
      setHidden(hidden.includes(arm) ? hidden.filter(one => one !== arm) : [...hidden, arm])} />
    <form class="filters" onSubmit=${event => event.preventDefault()}>
      <label>Metric<select name="metric" value=${asked.metric} onChange=${event => choose({metric: event.currentTarget.value})}>
        <option value="">the main ones</option>${comparison.metrics.map(one => html`<option value=${one}>${one}</option>`)}</select></label>
      <label>Compared with<select name="base" value=${comparison.base} onChange=${event => choose({base: event.currentTarget.value})}>
        ${comparison.arms.map(arm => html`<option value=${arm.name}>${arm.name}</option>`)}</select></label>
      ${comparison.tasks.length > 1 && html`<label>Curves of<select name="task" value=${asked.task}
        onChange=${event => choose({task: event.currentTarget.value})}>
        <option value="">the mean of the tasks</option>${comparison.tasks.map(task => html`<option value=${task}>${task}</option>`)}</select></label>`}
    </form>
    <${Results} comparison=${comparison} catalogue=${catalogue} />
    <${Curves} comparison=${comparison} catalogue=${catalogue} task=${asked.task} hidden=${hidden} />`;
}

const colourOf = (comparison, arm) => comparison.arms.findIndex(one => one.name === arm);

function Arms({comparison, hidden, toggle}) {
  return html`<${Table} caption="Arms and their runs" heads=${['Arm', 'Runs by seed', 'Samples a run', 'Curve']}>
    ${comparison.arms.map((arm, index) => html`<tr key=${arm.name}>
      <th scope="row" class=${`c${index % 8}`}><span class="key" aria-hidden="true"></span>${arm.name}</th>
      <td>${arm.runs.map(run => html`<a key=${run.run} class="seed" href=${runAddress(run.run)}
        title=${run.terminalReason ?? counted(run.step, 'step')}>${run.seed} <${Chip} tone=${run.state}>${
          run.state === 'running' ? `${run.step}/${run.steps}` : run.state}</${Chip}></a> `)}</td>
      <td>${count(arm.samples)}</td>
      <td><input type="checkbox" aria-label=${`Draw ${arm.name}`} checked=${!hidden.includes(arm.name)}
        onChange=${() => toggle(arm.name)} /></td></tr>`)}</${Table}>`;
}

function Results({comparison, catalogue}) {
  const metrics = [...new Set(comparison.results.map(one => one.metric))];
  if (metrics.length === 0) {
    return html`<${Empty}><p>Nothing is measured at an end yet: what counts are held-out prompts of runs that have succeeded.</p></${Empty}>`;
  }
  return html`<section aria-label="Results"><h2>At the end, on held-out prompts</h2>
    <p class="muted">In brackets the 95 % interval over seeds and prompts; below it the difference to ${comparison.base} on the same
      seeds and prompts, bold where its interval leaves out 0. Intervals are of one difference each: of twenty, one misses.</p>
    ${metrics.map(metric => html`<${MetricTable} key=${metric} metric=${metric} comparison=${comparison}
      look=${lookOf(catalogue, metric)} />`)}</section>`;
}

function MetricTable({metric, comparison, look}) {
  const share = look.format === percent;
  const own = comparison.results.filter(one => one.metric === metric);
  const tasks = [...new Set(own.map(one => one.task ?? null))];
  const better = {up: 'higher is better', down: 'lower is better'}[look.good];
  return html`<h3>${look.title}${better ? html` <span class="muted">${better}</span>` : ''}</h3>
    <${Table} caption=${look.title} heads=${['Arm', ...tasks.map(task => task ?? 'Mean of the tasks')]}>
      ${own.some(one => one.arm === comparison.base && one.before) && html`<tr><th scope="row" class="muted">before training</th>
        ${tasks.map(task => html`<td class="muted">${before(own.find(one =>
          one.arm === comparison.base && (one.task ?? null) === task), share)}</td>`)}</tr>`}
      ${comparison.arms.filter(arm => own.some(one => one.arm === arm.name)).map(arm => html`<tr key=${arm.name}>
        <th scope="row" class=${`c${colourOf(comparison, arm.name) % 8}`}><span class="key" aria-hidden="true"></span>${arm.name}</th>
        ${tasks.map(task => html`<td>${cell(own.find(one => one.arm === arm.name && (one.task ?? null) === task), share)}</td>`)}
      </tr>`)}</${Table}>`;
}

const formatOf = share => value => share ? (100 * value).toFixed(1).replace('-', '−') : number(value);

function estimate({value, low, high}, share) {
  const format = formatOf(share);
  const between = low < 0 ? ' to ' : '–';
  return html`${format(value)}${share ? '\u00a0%' : ''} <span class="interval">(${format(low)}${between}${format(high)})</span>`;
}

const before = (result, share) => result?.before ? estimate(result.before, share) : DASH;

function cell(result, share) {
  if (!result) {
    return DASH;
  }
  const {value, difference} = result;
  const format = formatOf(share);
  const clear = difference && (difference.low > 0 || difference.high < 0);
  return html`${estimate(value, share)}
    ${difference && html`<br /><span class=${clear ? 'difference clear' : 'difference'}>${signed(difference.value, format)} <span
      class="interval">(${signed(difference.low, format)} to ${signed(difference.high, format)})</span></span>`}`;
}

function Curves({comparison, catalogue, task, hidden}) {
  const chosen = comparison.tasks.includes(task) ? task : null;
  const own = comparison.curves.filter(one => (one.task ?? null) === chosen
    || comparison.tasks.length === 1 && one.task === comparison.tasks[0]);
  const figures = [...new Set(own.map(one => one.metric))].map(metric => {
    const look = lookOf(catalogue, metric);
    const curves = own.filter(one => one.metric === metric && !hidden.includes(one.arm));
    const seeds = [...new Set(curves.flatMap(one => one.seeds))].sort((a, b) => a - b);
    return {
      ...look, title: `${look.title}${chosen ? `: ${chosen}` : ''}`, n: seeds.length ? `${seeds.length > 1
        ? `${seeds[0]} to ${seeds.at(-1)}` : seeds[0]} seeds` : null,
      says: `${look.says.replace(/\.$/, '')}. The band is the 95 % interval of the mean over the seeds.`, range: undefined,
      series: curves.map(one => ({
        label: one.arm, colour: colourOf(comparison, one.arm), steps: one.steps, values: one.values, points: metric.startsWith('heldOut.'),
        ...one.seeds.some(n => n > 1) && {band: {low: {steps: one.steps, values: one.low}, high: {steps: one.steps, values: one.high}}},
      })),
    };
  }).filter(({series}) => series.some(one => one.values.some(value => !missing(value))));
  return figures.length > 0 && html`<section aria-label="Curves"><h2>Curves, ${chosen ?? (comparison.tasks.length > 1
    ? 'the mean of the tasks' : comparison.tasks[0])}</h2>
    <div class="figures">${figures.map(figure => html`<${Figure} key=${figure.title} ...${figure} sync="comparison"
      axis=${{label: 'step', of: step => step}} />`)}</div></section>`;
}
