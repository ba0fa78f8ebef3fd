// Why was this sample rewarded? Rollouts as they were stored.

import {html, useEffect, useState} from './lib.js';
import {get, runPath} from './api.js';
import {wordDiff} from './diff.js';
import {counted, DASH, milliseconds, missing, number, signed} from './format.js';
import {LabelButtons, Labelling, useLabels} from './labels.js';
import {tell, useLive} from './live.js';
import {Chip, Empty, judgesOf, Loading, runAddress, Table, tasksOf, useTitle} from './parts.js';

const PAGE = 20;
const FILTERS = ['task', 'step', 'prompt', 'split', 'judge', 'verdict', 'violated', 'finishReason', 'minScore', 'maxScore', 'order'];
const ORDERS = {
  committed: 'as committed', shortest: 'shortest first', longest: 'longest first',
  'lowest-score': 'lowest score first', 'highest-score': 'highest score first',
};

export function SamplesView({id, query}) {
  const filter = Object.fromEntries(FILTERS.map(name =>
    [name, name === 'violated' ? query.getAll(name) : query.get(name) ?? '']));
  const [against, setAgainst] = useState('none');
  const about = useLive(async signal => {
    const [run, spec] = await Promise.all([get(runPath(id), {}, signal), get(`${runPath(id)}/spec`, {}, signal)]);
    return {run, spec};
  }, id);
  const first = useLive(signal => get(`${runPath(id)}/episodes`, {...filter, limit: PAGE}, signal), `${id} ${query}`);
  const [more, setMore] = useState({});
  const pages = more.of === first.value ? more.pages : [];
  const [busy, setBusy] = useState(false);
  const [labelling, setLabelling] = useState(false);
  const labels = useLabels(id, labelling);
  useTitle(about.value && `Samples of ${about.value.run.name}`);
  if (!about.value || !first.value) {
    return html`<${Loading} problem=${about.problem ?? first.problem} />`;
  }
  const {run, spec} = about.value;
  const last = pages.at(-1) ?? first.value;
  const episodes = [first.value, ...pages].flatMap(page => page.data);
  const next = async () => {
    setBusy(true);
    try {
      const page = await get(`${runPath(id)}/episodes`, {...filter, limit: PAGE, cursor: last.nextCursor});
      setMore({of: first.value, pages: [...pages, page]});
    } catch (problem) {
      tell(problem);
    }
    setBusy(false);
  };
  const cards = html`<div class="cards">${episodes.map(one => html`<${Episode} key=${one.id} one=${one} id=${id} against=${against}
    method=${tasksOf(spec).find(task => task.name === one.task)?.method} labels=${labelling ? labels : null} />`)}</div>`;
  return html`
    <p class="crumbs"><a href="#/">Runs</a> / <a href=${runAddress(id)}>${run.name}</a> / samples</p>
    <div class="heading"><h1>Samples</h1><button type="button" aria-pressed=${labelling}
      onClick=${() => setLabelling(!labelling)}>Label them</button></div>
    <${Filters} id=${id} filter=${filter} run=${run} spec=${spec} against=${against} setAgainst=${setAgainst} />
    ${episodes.length === 0 ? html`<${Empty}><p>No sample matches.</p>
        <p><a href=${runAddress(id, 'episodes')}>All samples</a></p></${Empty}>`
      : labelling ? html`<${Labelling} episodes=${episodes} labels=${labels}>${cards}</${Labelling}>` : cards}
    ${last.hasMore && html`<button type="button" disabled=${busy} onClick=${next}>More samples</button>`}`;
}

function Filters({id, filter, run, spec, against, setAgainst}) {
  const change = event => {
    const chosen = [...new FormData(event.currentTarget)].filter(([name, value]) =>
      value !== '' && !(name === 'order' && value === 'committed'));
    location.hash = runAddress(id, 'episodes') + (chosen.length ? `?${new URLSearchParams(chosen)}` : '');
  };
  const select = (name, label, values, titles = {}) => html`<label>${label}<select name=${name} value=${filter[name] || values[0]}>
    ${values.map(value => html`<option value=${value}>${titles[value] ?? (value || 'all')}</option>`)}</select></label>`;
  const field = (name, label, rest) => html`<label>${label}<input name=${name} type="number" value=${filter[name]}
    placeholder="all" ...${rest} /></label>`;
  return html`<form class="filters" onChange=${change} onSubmit=${event => {
    event.preventDefault();
    change(event);
  }}>
    ${select('task', 'Task', ['', ...run.tasks])}
    ${field('step', 'Step', {min: 0, max: run.steps})}
    ${field('prompt', 'Prompt', {min: 0})}
    ${select('split', 'Prompts', ['', 'train', 'held-out'])}
    ${select('judge', 'Judge', withChosen(['', ...judgesOf(spec)], filter.judge))}
    ${select('verdict', 'Verdict', ['', 'satisfied', 'violated', 'undecided', 'not-asked'])}
    ${select('finishReason', 'Finished by', withChosen(['', 'stop', 'length'], filter.finishReason))}
    ${field('minScore', 'Score from', {step: 'any'})}
    ${field('maxScore', 'to', {step: 'any'})}
    ${select('order', 'Sort', Object.keys(ORDERS), ORDERS)}
    ${filter.violated.length > 0 && html`<fieldset><legend>Violated together</legend>${filter.violated.map(judge => html`
      <label class="check"><input type="checkbox" name="violated" value=${judge} checked />${judge}</label>`)}</fieldset>`}
    <label>Compare with<select value=${against} onChange=${event => {
      event.stopPropagation();
      setAgainst(event.currentTarget.value);
    }}><option value="none">nothing</option><option value="baseline">the baseline completion</option>
      <option value="first">the same prompt at first</option></select></label>
    <button type="submit">Filter</button>
  </form>`;
}

function withChosen(values, chosen) {
  return !chosen || values.includes(chosen) ? values : [...values, chosen];
}

function Episode({one, id, against, method, labels}) {
  const verdict = missing(one.feasible) ? 'undecided' : one.feasible ? 'feasible' : 'violated';
  const first = useFirst(id, one, against === 'first');
  const before = against === 'baseline' ? one.baseline : against === 'first' ? first?.completion : null;
  const hidden = labels && !labels.of?.has(one.id); // what a judge said must not sway a person
  return html`<article class="card episode" tabindex=${labels ? 0 : null} aria-label=${`Sample ${one.id}`}>
    <p class="facts">
      ${!hidden && html`<${Chip} tone=${verdict}>${verdict}</${Chip}>`}
      <b>${one.task}</b>
      <a href=${runAddress(id, 'episodes', {task: one.task, step: one.step, split: one.split})}>${
        one.split === 'held-out' ? `held-out, after step ${one.step}` : `step ${one.step}`}</a>
      <a href=${runAddress(id, 'episodes', {task: one.task, prompt: one.prompt, split: one.split})}>prompt ${one.prompt}</a>
      <span>sample ${one.sample}</span>
      <span>${counted(one.tokenIds.length, 'token')}</span>
      ${one.role && html`<span class="label">${one.role}</span>`}
      <span class="id">${one.id}</span>
    </p>
    <div class="beside">
      <div>
        ${one.messages.map((message, index) => html`<${Text} key=${index} who=${message.role} words=${message.content} />`)}
        ${missing(before) ? html`<${Text} who="completion" words=${one.completion}
            note=${one.finishReason === 'length' ? 'cut off at its greatest length' : null} />`
          : html`<${Difference} before=${before} after=${one.completion} against=${against === 'baseline'
            ? 'the baseline completion' : `its first at step ${first.step}`} />`}
        ${against === 'first' && first?.id === one.id && html`<p class="muted small">This is the first one.</p>`}
        ${!missing(one.baseline) && against !== 'baseline' && html`<details><summary>Baseline completion</summary>
          <pre>${one.baseline}</pre></details>`}
      </div>
      <div>
        ${labels && html`<${LabelButtons} episode=${one.id} labels=${labels} />`}
        ${!hidden && html`<${Why} one=${one} method=${method} />
        <${Verdicts} all=${one.verdicts} />
        ${one.heldOutVerdicts?.length > 0 && html`<p class="muted small">Judges that do not train:</p>`}
        <${Verdicts} all=${one.heldOutVerdicts ?? []} caption="Verdicts of judges that do not train" />
        ${one.heldOutScores?.length > 0 && html`<p class="muted small">Scores of reward models that do not train: ${
          one.heldOutScores.map(each => `${each.name} ${missing(each.score) ? each.error ?? DASH : number(each.score)}`)
            .join(', ')}.</p>`}`}
      </div>
    </div>
    ${one.logProbs.length > 0 && html`<${Tokens} one=${one} id=${id} />`}
  </article>`;
}

/** The first completion of the same prompt: of a held-out prompt that of step 0. */
function useFirst(id, one, wanted) {
  const [first, setFirst] = useState(null);
  useEffect(() => {
    if (!wanted || first) {
      return undefined;
    }
    const leave = new AbortController();
    get(`${runPath(id)}/episodes`, {task: one.task, prompt: one.prompt, split: one.split, limit: 1}, leave.signal)
      .then(page => setFirst(page.data[0])).catch(problem => !leave.signal.aborted && tell(problem));
    return () => leave.abort();
  }, [wanted]);
  return first;
}

function Text({who, words, note}) {
  return html`<div class=${`text ${who}`}>
    <span class="who">${who}${note && html` <span class="warn">${note}</span>`}</span>
    <pre>${words === '' ? html`<i class="muted">empty</i>` : words}</pre></div>`;
}

function Difference({before, after, against}) {
  return html`<div class="text completion"><span class="who">completion, against ${against}</span>
    <pre>${wordDiff(before, after).map(({kind, text}) => kind === 'same' ? text
      : kind === 'new' ? html`<ins>${text}</ins>` : html`<del>${text}</del>`)}</pre></div>`;
}

/** The reward as the arithmetic that made it, and in words what it did. */
function Why({one, method}) {
  return html`<p class="why">${inWords(one)}</p>
    <ol class="arithmetic">${arithmetic(one, method).map(({name, sum, value}) => html`<li key=${name}>
      <span>${name}</span><span class="sum">${sum}</span><b>${value}</b></li>`)}</ol>`;
}

function arithmetic(one, method) {
  const lines = [];
  const several = one.scores.length > 1;
  for (const {name, rewardModel, score, error, baseline} of one.scores) {
    const classes = Object.entries(score?.classes ?? {}).map(([label, share]) => `${label} ${number(share)}`).join(', ');
    lines.push({name: several ? `score by ${name}` : 'score',
      sum: [error ?? rewardModel, missing(score?.deviation) ? '' : `± ${number(score.deviation)}`, classes].filter(Boolean).join(', '),
      value: number(score?.value)});
    if (!missing(baseline)) {
      lines.push({name: several ? `its baseline completion by ${name}` : 'of the baseline completion', sum: '', value: number(baseline.value)});
    }
  }
  const [only] = several ? [] : one.scores;
  const calibratesOnly = only && !missing(only.score) && !missing(only.baseline);
  if (!missing(one.reward) && one.reward !== one.calibratedReward) {
    lines.push({name: 'reward', sum: 'by the transforms of the task', value: number(one.reward)});
  }
  if (!missing(one.calibratedReward)) {
    lines.push({name: 'calibrated reward', sum: calibratesOnly
      && Math.abs(1 / (1 + Math.exp(only.baseline.value - only.score.value)) - one.calibratedReward) < 1e-6
      ? `σ(${number(only.score.value)} − ${number(only.baseline.value)})` : 'against the baseline completion',
    value: number(one.calibratedReward)});
  }
  const violated = judgesThat(one, 'violated');
  const undecided = judgesThat(one, 'undecided');
  lines.push({name: 'constraints', sum: violated.length ? `${violated.join(', ')} violated: the reward is 0`
    : undecided.length ? `${undecided.join(', ')} undecided: it leaves the batch`
      : one.verdicts.length ? 'all satisfied: the reward stays' : 'no judge was asked', value: violated.length ? '× 0' : undecided.length ? DASH : '× 1'});
  if (!missing(one.logRatio)) {
    lines.push({name: 'log-ratio to the reference', sum: 'nats', value: signed(one.logRatio)});
  }
  if (!missing(one.regularizedReward)) {
    const klMax = method?.klMax;
    const kept = violated.length ? 0 : one.calibratedReward ?? one.reward;
    const sum = missing(klMax) || missing(kept) || missing(one.logRatio) ? ''
      : `max(1 − ${number(one.logRatio)} / ${number(klMax)}, 0) × ${number(kept)}`;
    lines.push({name: 'regularized reward', sum, value: number(one.regularizedReward)});
  }
  lines.push({name: 'weight', sum: one.split === 'held-out' ? 'held out: never trained on'
    : one.role ? `taken for ${one.role}` : 'its share in the step', value: signed(one.weight)});
  return lines;
}

function judgesThat(one, verdict) {
  return one.verdicts.filter(each => each.verdict === verdict).map(each => each.judge);
}

function inWords(one) {
  const violated = judgesThat(one, 'violated');
  const undecided = judgesThat(one, 'undecided');
  const constraints = one.verdicts.length === 0 ? 'No judge was asked.'
    : violated.length ? `Violates ${violated.join(' and ')}.`
      : undecided.length ? `Undecided: ${undecided.join(' and ')} gave no verdict.` : 'Satisfies every judge.';
  const reward = one.scores.some(score => missing(score.score)) ? ` No reward${one.scoreError ? `: ${one.scoreError}` : ''}.` : '';
  const effect = one.split === 'held-out' ? ' Held out: never trained on.'
    : one.weight > 0 ? ' The step made it more likely.'
      : one.weight < 0 ? ' The step made it less likely.' : ' It had no part in the step.';
  return constraints + reward + effect;
}

function Verdicts({all, caption = 'Verdicts'}) {
  return all.length > 0 && html`<${Table} caption=${caption} class="grid verdicts" heads=${['Judge', 'Verdict', 'Reason']}>
    ${all.map(verdict => html`<tr key=${`${verdict.judge}@${verdict.version}`}>
      <th scope="row">${verdict.judge}@${verdict.version}</th>
      <td><${Chip} tone=${verdict.verdict}>${verdict.verdict.replace('-', ' ')}</${Chip}>${
        missing(verdict.score) ? '' : ` ${number(verdict.score)}`}</td>
      <td class="reasoning">${verdict.error ? `${verdict.error.code}${verdict.error.detail ? `: ${verdict.error.detail}` : ''}`
        : verdict.reason ?? ''} <span class="muted small">${effort(verdict)}</span></td></tr>`)}
  </${Table}>`;
}

/** What a verdict took. */
function effort(verdict) {
  return verdict.verdict === 'not-asked' ? ''
    : verdict.cached ? 'known from before'
      : `${milliseconds(verdict.latencyMs)}${verdict.attempts > 1 ? `, ${verdict.attempts} attempts` : ''}`;
}

const SHADES = 6;
const LEAST_LIKELY = 5;

/** The completion's text, a token darker the less likely it was; its numbers on hover. */
function Tokens({one, id}) {
  const [open, setOpen] = useState(false);
  const least = Math.min(...one.logProbs);
  return html`<details onToggle=${event => setOpen(event.currentTarget.open)}>
    <summary>Tokens by log-probability (mean ${number(one.logProbs.reduce((sum, each) => sum + each, 0) / one.logProbs.length)}
      ${' '}nats, least ${number(least)})</summary>
    ${open && html`<${Coloured} one=${one} id=${id} />`}
  </details>`;
}

function Coloured({one, id}) {
  const path = `${runPath(id)}/episodes/${encodeURIComponent(one.id)}/tokens`;
  const {value: tokens, problem} = useLive(async signal => (await get(path, {}, signal)).data, path);
  if (!tokens) {
    return html`<${Loading} problem=${problem} />`;
  }
  const rarest = tokens.toSorted((a, b) => a.logProb - b.logProb).slice(0, LEAST_LIKELY);
  return html`<p class="muted small">Darker is less likely under the policy that sampled it.</p>
    <pre class="tokens">${tokens.map((token, index) => html`<span key=${index} class=${`shade${
      Math.min(Math.floor(-token.logProb * 1.5), SHADES - 1)}`} title=${numbersOf(token, index)}>${shown(token)}</span>`)}</pre>
    <p class="muted small">${counted(tokens.length, 'token')}. Least likely: ${rarest.map((token, index) =>
      `${index ? ', ' : ''}“${shown(token)}” ${number(token.logProb)}`)} nats.</p>`;
}

/** A token without a text of its own, such as the end of a turn, is shown by its id. */
function shown({id, text}) {
  return text === '' ? `⟨${id}⟩` : text;
}

function numbersOf({id, logProb, referenceLogProb}, index) {
  return `token ${index + 1}, id ${id}: ${number(logProb)} nats${
    missing(referenceLogProb) ? '' : `, reference ${number(referenceLogProb)}`}`;
}
