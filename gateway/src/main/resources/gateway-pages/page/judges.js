// Judges and reward models: are they well, what did the gate find, who uses them.

import {html} from './lib.js';
import {all, get} from './api.js';
import {capital, count, DASH, milliseconds, missing, number, percent, words} from './format.js';
import {useLive} from './live.js';
import {Chip, Empty, hasEnded, Loading, runAddress, Table, useTitle, When} from './parts.js';

const MOST = 1000;
const judgeAddress = judge => `#/judges/${encodeURIComponent(judge.name)}/${encodeURIComponent(judge.version)}`;
const modelAddress = model => `#/reward-models/${encodeURIComponent(model.name)}/${encodeURIComponent(model.version)}`;

export function JudgesView() {
  const {value, problem} = useLive(async signal => {
    const [judges, models] = await Promise.all([
      all('/v1/judges', {}, MOST, signal), all('/v1/reward-models', {}, MOST, signal)]);
    return {judges, models};
  }, 'judges', () => 10_000);
  useTitle('Judges and reward models');
  if (!value) {
    return html`<${Loading} problem=${problem} />`;
  }
  return html`<h1>Judges</h1>
    ${value.judges.length === 0 ? html`<${Empty}><p>No judge is registered.</p></${Empty}>`
      : html`<${Table} caption="Judges" class="runs" heads=${['Judge', 'State', 'Breaker', 'Verdicts', 'Undecided', 'Latency p50 / p99', 'Gate', 'Reached']}>
      ${value.judges.map(judge => html`<tr key=${`${judge.name}@${judge.version}`}>
        <th scope="row"><a href=${judgeAddress(judge)}>${judge.name}@${judge.version}</a>
          <span class="facts"><span>${judge.kind}</span></span></th>
        <td data-label="State"><${Chip} tone=${judge.state}>${judge.state}</${Chip}></td>
        <td data-label="Breaker"><${Chip} tone=${`breaker-${judge.health.breaker}`}>${judge.health.breaker.replace('_', ' ')}</${Chip}></td>
        <td data-label="Verdicts">${count(judge.health.verdicts)}</td>
        <td data-label="Undecided">${judge.health.verdicts ? percent(judge.health.undecidedRate) : DASH}</td>
        <td data-label="Latency">${milliseconds(judge.health.p50Ms)} / ${milliseconds(judge.health.p99Ms)}</td>
        <td data-label="Gate">${gate(judge.report)}</td>
        <td data-label="Reached">${judge.contact ? html`<span class=${judge.contact.reachable ? 'up' : 'down'} title=${judge.contact.detail}>
          ${judge.contact.reachable ? 'yes' : 'no'}</span> <span class="muted small"><${When} time=${judge.contact.at} /></span>` : DASH}</td>
      </tr>`)}</${Table}>`}
    <h1 class="second">Reward models</h1>
    ${value.models.length === 0 ? html`<${Empty}><p>No reward model is registered.</p></${Empty}>`
      : html`<${Table} caption="Reward models" class="runs" heads=${['Reward model', 'State', 'Made', 'Measured', 'Doubts']}>
      ${value.models.map(model => html`<tr key=${`${model.name}@${model.version}`}>
        <th scope="row"><a href=${modelAddress(model)}>${model.name}@${model.version}</a></th>
        <td data-label="State"><${Chip} tone=${model.state}>${model.state}</${Chip}>${
          model.state === 'preparing' ? ` ${percent(model.progress)}` : ''}</td>
        <td data-label="Made"><${When} time=${model.createdAt} /></td>
        <td data-label="Measured">${measured(model.metrics)}</td>
        <td data-label="Doubts">${(model.conditions ?? []).map(one => words(one.type)).join(', ') || DASH}</td></tr>`)}</${Table}>`}`;
}

function gate(report) {
  const failed = report.filter(check => !check.passed).length;
  return report.length === 0 ? DASH : failed ? html`<span class="down">${failed} of ${report.length} failed</span>`
    : html`<span class="up">${report.length} passed</span>`;
}

function measured(metrics) {
  return Object.entries(metrics ?? {}).map(([name, value]) => `${words(name)} ${number(value)}`).join(', ') || DASH;
}

export function JudgeView({name, version}) {
  const path = `/v1/judges/${encodeURIComponent(name)}/versions/${encodeURIComponent(version ?? 'latest')}`;
  const {value, problem} = useLive(async signal => {
    const judge = await get(path, {}, signal);
    const runs = (await get('/v1/runs', {judge: `${judge.name}@${judge.version}`, limit: 100}, signal)).data;
    return {judge, runs};
  }, path, () => 10_000);
  useTitle(value && `${value.judge.name}@${value.judge.version}`);
  if (!value) {
    return html`<${Loading} problem=${problem} />`;
  }
  const {judge, runs} = value;
  return html`<p class="crumbs"><a href="#/judges">Judges</a> / ${judge.name}</p>
    <h1>${judge.name}@${judge.version}</h1>
    <p class="facts"><${Chip} tone=${judge.state}>${judge.state}</${Chip}><span>${judge.kind}</span>
      ${judge.deterministic && html`<span>deterministic</span>`}<span>registered <${When} time=${judge.createdAt} /></span></p>
    ${judge.description && html`<p>${judge.description}</p>`}
    <${Facts} facts=${[
      ['Breaker', html`<${Chip} tone=${`breaker-${judge.health.breaker}`}>${judge.health.breaker.replace('_', ' ')}</${Chip}>`],
      ['Verdicts since the service started', count(judge.health.verdicts)],
      ['Undecided', judge.health.verdicts ? percent(judge.health.undecidedRate) : null],
      ['Latency p50 / p99', missing(judge.health.p50Ms) ? null : `${milliseconds(judge.health.p50Ms)} / ${milliseconds(judge.health.p99Ms)}`],
      ['Deadline', milliseconds(judge.timeoutMs)],
      ['Items a request, requests at once', `${judge.maxBatchItems}, ${judge.maxInFlight}`],
      ['Address', judge.url], ['Registered by', judge.source],
      ['Needs of an item', judge.requires?.join(', ')],
      ['Last contact', judge.contact && html`${judge.contact.reachable ? 'reached' : `not reached: ${judge.contact.detail}`}, <${When} time=${judge.contact.at} />`],
      ['Its fixtures, asked again', judge.canary && html`${judge.canary.asRegistered} of ${judge.canary.fixtures} as registered${
        judge.canary.undecided ? `, ${judge.canary.undecided} undecided` : ''}, <${When} time=${judge.canary.at} />`],
      ['Digest', html`<code>${judge.digest}</code>`],
    ]} />
    ${judge.drift && html`<p class="reason">${judge.drift.until ? 'It had drifted' : 'It has drifted'}: fixture ${judge.drift.fixture}
      ${' '}was ${judge.drift.expected} when it was registered, and is ${judge.drift.said} (${judge.drift.differing} of ${judge.drift.tries}
      ${' '}times) since <${When} time=${judge.drift.since} />.${judge.drift.reason ? ` It says: ${judge.drift.reason}` : ''}</p>`}
    ${judge.llm && html`<h2>What it asks its language model</h2><pre class="sunken" tabindex="0">${JSON.stringify(judge.llm, null, 2)}</pre>`}
    <section><h2>What the conformance gate found</h2>
      ${judge.report.length === 0 ? html`<p class="muted">It ships with the service, which tests it.</p>`
        : html`<p class="muted small">Decided <${When} time=${judge.probedAt} /></p>
          <${Table} caption="Checks of the conformance gate" heads=${['Check', 'Passed', 'Detail']}>${judge.report.map(check => html`
            <tr key=${check.name}><th scope="row">${words(check.name)}</th>
              <td class=${check.passed ? 'up' : 'down'}>${check.passed ? 'yes' : 'no'}</td><td>${check.detail ?? ''}</td></tr>`)}</${Table}>`}
    </section>
    <${Users} runs=${runs} />`;
}

export function RewardModelView({name, version}) {
  const path = `/v1/reward-models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version ?? 'latest')}`;
  const {value: model, problem} = useLive(signal => get(path, {}, signal), path, one => one.state === 'preparing' ? 2000 : 30_000);
  useTitle(model && `${model.name}@${model.version}`);
  if (!model) {
    return html`<${Loading} problem=${problem} />`;
  }
  return html`<p class="crumbs"><a href="#/judges">Judges and reward models</a> / ${model.name}</p>
    <h1>${model.name}@${model.version}</h1>
    <p class="facts"><${Chip} tone=${model.state}>${model.state}</${Chip}><span>registered <${When} time=${model.createdAt} /></span></p>
    ${model.state === 'preparing' && html`<div class="progress"><progress max="1" value=${model.progress} aria-label="Preparation"></progress>
      <span>${percent(model.progress)}</span></div>`}
    ${model.failure && html`<p class="reason">${model.failure}</p>`}
    ${model.conditions?.length > 0 && html`<ul class="conditions">${model.conditions.map(one => html`
      <li key=${one.type}><b>${words(one.type)}</b> ${one.message}</li>`)}</ul>`}
    <${Facts} facts=${[
      ...Object.entries(model.metrics ?? {}).map(([metric, number_]) => [capital(words(metric)), number(number_)]),
      ['Tokens of prompt and completion', missing(model.maxTokens) ? null : count(model.maxTokens)],
      ['Labels', model.labels?.join(', ')], ['Path', model.path && html`<code>${model.path}</code>`],
      ['Digest', model.digest && html`<code>${model.digest}</code>`],
    ]} />
    <h2>Made from</h2><pre class="sunken" tabindex="0">${JSON.stringify(model.source, null, 2)}</pre>`;
}

function Facts({facts}) {
  return html`<dl class="measures">${facts.filter(([, value]) => !missing(value) && value !== '' && value !== false)
    .map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Users({runs}) {
  return html`<section><h2>Runs that use it</h2>${runs.length === 0 ? html`<p class="muted">None.</p>`
    : html`<ul class="plain">${runs.map(run => html`<li key=${run.id}><a href=${runAddress(run.id)}>${run.name}</a>${' '}
      <${Chip} tone=${run.state}>${run.state}</${Chip}> <span class="muted">${hasEnded(run) ? 'ended' : 'since'}${' '}
      <${When} time=${run.finishedAt ?? run.createdAt} /></span></li>`)}</ul>`}</section>`;
}
