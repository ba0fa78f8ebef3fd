// Judges against tasks and against each other. Each cell leads to its samples.

import {html, useState} from './lib.js';
import {get, runPath} from './api.js';
import {count, DASH, milliseconds, missing, number, percent} from './format.js';
import {useLive} from './live.js';
import {Chip, Empty, hasEnded, Loading, runAddress, Table} from './parts.js';

export function Constraints({run, tasks}) {
  const [split, setSplit] = useState('train');
  const {value: judges, problem} = useLive(
    signal => get(`${runPath(run.id)}/judges`, {split, maxPoints: 1}, signal),
    `${run.id} ${split} ${Math.floor(run.step / 5)} ${run.state}`, () => hasEnded(run) ? null : 30_000);
  return html`<section aria-labelledby="judges"><div class="heading"><h2 id="judges">Judges in numbers</h2>
      <form class="filters" onSubmit=${event => event.preventDefault()}><label>Prompts<select value=${split}
        onChange=${event => setSplit(event.currentTarget.value)}>
        <option value="train">train</option><option value="held-out">held-out</option></select></label></form></div>
    ${!judges ? html`<${Loading} problem=${problem} />`
      : judges.length === 0 ? html`<${Empty}><p>No judge has been asked about these prompts.</p></${Empty}>`
        : html`<${ByTask} run=${run} judges=${judges} tasks=${tasks} split=${split} />
          <${ByJudge} run=${run} judges=${judges} split=${split} />
          <${Health} judges=${judges} />`}
  </section>`;
}

const of = judge => `${judge.judge}@${judge.version}`;

function ByTask({run, judges, tasks, split}) {
  return html`<h3>Judge by task</h3>
    <p class="muted small">Violated, of what the judge decided; undecided, of what it was asked. Lower is better.</p>
    <${Table} caption="Violated and undecided by judge and task" heads=${['Judge', ...tasks]}>
      ${judges.map(judge => html`<tr key=${of(judge)}><th scope="row">${of(judge)}</th>
        ${tasks.map(task => {
          const found = judge.tasks.find(one => one.task === task);
          if (!found) {
            return html`<td class="muted">${DASH}</td>`;
          }
          const decided = found.satisfied + found.violated;
          const asked = decided + found.undecided;
          const share = decided ? found.violated / decided : null;
          return html`<td class=${heat(share)}>
            <a href=${runAddress(run.id, 'episodes', {task, judge: of(judge), verdict: 'violated', split})}>
              ${percent(share)} violated</a>${' '}
            ${found.undecided > 0 && html`<a href=${runAddress(run.id, 'episodes',
              {task, judge: of(judge), verdict: 'undecided', split})}>${percent(found.undecided / asked)} undecided</a> `}
            <span class="interval">n=${count(asked)}</span></td>`;
        })}</tr>`)}
    </${Table}>`;
}

/** Who is violated together, and how far judges agree beyond chance. */
function ByJudge({run, judges, split}) {
  const pairs = judges.filter(judge => judge.agreement.length > 0);
  return pairs.length > 0 && html`<h3>Judge by judge</h3>
    <p class="muted small">Violated by both, of what both decided. κ near 1: the two judge alike; near 0: no more than chance.</p>
    <${Table} caption="Violated together, by two judges" heads=${['', ...pairs.map(of)]}>
      ${pairs.map(judge => html`<tr key=${of(judge)}><th scope="row">${of(judge)}</th>
        ${pairs.map(other => {
          const found = judge.agreement.find(one => one.judge === other.judge && one.version === other.version);
          if (!found) {
            return html`<td class="muted">${DASH}</td>`;
          }
          const both = missing(found.bothViolated) ? null : found.bothViolated / found.decided;
          return html`<td class=${heat(both)}>
            <a href=${runAddress(run.id, 'episodes', {violated: [of(judge), of(other)], split})}>${percent(both)} both</a>${' '}
            <span class="interval">${percent(found.same / found.decided)} alike${
              missing(found.kappa) ? '' : `, κ ${number(found.kappa)}`}, n=${count(found.decided)}</span></td>`;
        })}</tr>`)}
    </${Table}>`;
}

function Health({judges}) {
  return html`<h3>Answers</h3>
    <${Table} caption="How judges answered" heads=${['Judge', 'Breaker', 'Latency p50 / p99', 'Requests a verdict', 'Why undecided']}>
      ${judges.map(judge => html`<tr key=${of(judge)}>
        <th scope="row"><a href=${`#/judges/${encodeURIComponent(judge.judge)}/${encodeURIComponent(judge.version)}`}>${of(judge)}</a></th>
        <td>${judge.breaker ? html`<${Chip} tone=${`breaker-${judge.breaker}`}>${judge.breaker.replace('_', ' ')}</${Chip}>` : DASH}</td>
        <td>${judge.latency ? `${milliseconds(judge.latency.p50Ms)} / ${milliseconds(judge.latency.p99Ms)}` : DASH}</td>
        <td>${judge.latency ? number(judge.latency.attempts) : DASH}</td>
        <td>${Object.entries(judge.undecided).map(([code, times]) => `${code} ${count(times)}`).join(', ') || DASH}</td></tr>`)}
    </${Table}>`;
}

function heat(share) {
  return missing(share) ? null : `heat${Math.min(Math.floor(share * 5), 4)}`;
}
