// What a run leaves: checkpoints with their files, its events, its spec.

import {html, useState} from './lib.js';
import {all, download, get, runPath, save} from './api.js';
import {bytes, DASH, percent, words} from './format.js';
import {tell, useLive} from './live.js';
import {Empty, Loading, runAddress, Table, When} from './parts.js';

export function Checkpoints({run, metrics}) {
  const path = `${runPath(run.id)}/checkpoints`;
  const {value: checkpoints, problem} = useLive(async signal => (await get(path, {}, signal)).data,
    `${path} ${run.step} ${run.state}`);
  if (!checkpoints) {
    return html`<${Loading} problem=${problem} />`;
  }
  return html`<section aria-labelledby="checkpoints"><h2 id="checkpoints">Checkpoints</h2>
    ${checkpoints.length === 0 ? html`<${Empty}><p>No checkpoint has been written yet.</p></${Empty}>`
      : html`<p class="muted small">Each is a Hugging Face directory. All files at once, and going on where it was cut off:${' '}
        <code>./tribunal run download ${run.id} -o DIR</code></p>
        ${checkpoints.toReversed().map(checkpoint => html`<${Checkpoint} key=${checkpoint.id} run=${run} checkpoint=${checkpoint}
          best=${run.bestCheckpoint?.step === checkpoint.step ? run.bestCheckpoint : null} />`)}`}
    <h2>Metrics</h2>
    <p class="buttons"><button type="button" onClick=${() => save(new Blob([csv(metrics)], {type: 'text/csv'}),
      `${run.name}.metrics.csv`)}>Metrics as CSV</button>
      <${EpisodesButton} run=${run} /></p>
  </section>`;
}

function Checkpoint({run, checkpoint, best}) {
  const [open, setOpen] = useState(false);
  return html`<details class="card" onToggle=${event => setOpen(event.currentTarget.open)}>
    <summary>${checkpoint.stage} step ${checkpoint.step}${' '}
      ${best && html`<span class="chip succeeded">best by ${words(best.metric)}</span> `}
      <span class="muted"><${When} time=${checkpoint.createdAt} /></span></summary>
    <p><code>${checkpoint.path}</code></p>
    <p class="buttons"><a class="button" href=${`#/new?${new URLSearchParams({fork: run.id, step: checkpoint.step})}`}>Fork from here</a></p>
    ${open && html`<${Files} run=${run} step=${checkpoint.step} />`}
  </details>`;
}

function Files({run, step}) {
  const path = `${runPath(run.id)}/checkpoints/${step}/files`;
  const {value: files, problem} = useLive(async signal => (await get(path, {}, signal)).data, path);
  return !files ? html`<${Loading} problem=${problem} />`
    : html`<${Table} caption=${`Files of the checkpoint of step ${step}`} heads=${['File', 'For', 'Size', 'SHA-256', '']}>
      ${files.map(file => html`<tr key=${file.path}><th scope="row">${file.path}</th>
        <td>${file.part}</td><td>${bytes(file.bytes)}</td>
        <td>${file.sha256 ? html`<code title=${file.sha256}>${file.sha256.slice(0, 12)}…</code>` : DASH}</td>
        <td><${DownloadButton} path=${`${path}/${file.path.split('/').map(encodeURIComponent).join('/')}`} file=${file} /></td></tr>`)}
    </${Table}>`;
}

function DownloadButton({path, file}) {
  const [done, setDone] = useState(null);
  const start = async () => {
    setDone(0);
    try {
      await download(path, file.path.split('/').at(-1), setDone);
    } catch (problem) {
      tell(problem);
    }
    setDone(null);
  };
  return html`<button type="button" disabled=${done !== null} onClick=${start} aria-label=${`Download ${file.path}`}>${
    done === null ? 'Download' : percent(file.bytes ? done / file.bytes : 1)}</button>`;
}

/** As JSON lines, up to as many as a tab can hold. */
function EpisodesButton({run}) {
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    try {
      const rows = await all(`${runPath(run.id)}/episodes`, {}, 5000);
      save(new Blob(rows.map(row => `${JSON.stringify(row)}\n`), {type: 'application/jsonl'}), `${run.name}.episodes.jsonl`);
    } catch (problem) {
      tell(problem);
    }
    setBusy(false);
  };
  return html`<button type="button" disabled=${busy} onClick=${start}
    title="All of a longer run: ./tribunal run episodes RUN --json">First 5,000 episodes as JSON lines</button>`;
}

function csv(metrics) {
  const field = text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return ['task,metric,step,value', ...metrics.all().flatMap(({name, task, steps, values}) =>
    steps.map((step, index) => `${field(task ?? '')},${field(name)},${step},${values[index]}`))].join('\n') + '\n';
}

export function Events({run, events}) {
  const [type, setType] = useState('');
  const types = [...new Set(events.map(event => event.type))].sort();
  const shown = events.filter(event => !type || event.type === type);
  return html`<section aria-labelledby="events"><div class="heading"><h2 id="events">Events</h2>
    <form class="filters" onSubmit=${event => event.preventDefault()}><label>Type<select value=${type}
      onChange=${event => setType(event.currentTarget.value)}>
      <option value="">all</option>${types.map(one => html`<option value=${one}>${one}</option>`)}</select></label></form></div>
    ${shown.length === 0 ? html`<${Empty}><p>Nothing has happened yet.</p></${Empty}>`
      : html`<ol class="plain events" tabindex="0" aria-label="Events, newest first">${shown.map(event => html`
        <li key=${event.sequence} class=${event.type}><span class="muted"><${When} time=${event.time} exact /></span>${' '}
          <span class="label">${event.type}</span> ${event.message}</li>`)}</ol>`}
    <p class="muted small">All of them: <code>./tribunal run events ${run.id}</code></p>
  </section>`;
}

export function Spec({run, spec}) {
  const text = JSON.stringify(spec, null, 2);
  return html`<section aria-labelledby="spec"><div class="heading"><h2 id="spec">The resolved spec</h2>
    <span class="buttons"><button type="button" onClick=${() => save(new Blob([text], {type: 'application/json'}),
      `${run.name}.spec.json`)}>Download</button>
      <a class="button" href=${`#/new?from=${encodeURIComponent(run.id)}`}>New run from it</a>
      <a class="button" href=${runAddress(run.id, 'episodes')}>Samples</a></span></div>
    <pre class="sunken" tabindex="0" aria-label="The spec as JSON">${text}</pre></section>`;
}
