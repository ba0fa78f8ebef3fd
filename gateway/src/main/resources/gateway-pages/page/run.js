// One run: its state on top, and a section of it below. What a section shows comes from here.

import {html, useEffect, useMemo, useRef, useState} from './lib.js';
import {get, listen, runPath} from './api.js';
import {counted, duration, secondsSince, words} from './format.js';
import {tell, until, useNow, useRemembered} from './live.js';
import {Alarms, Overview} from './overview.js';
import {axisOf, mean, Metrics, metricsByName} from './metrics.js';
import {Constraints} from './constraints.js';
import {SECTIONS as FIGURES, Figures} from './figures.js';
import {Histograms} from './histograms.js';
import {Checkpoints, Events, Spec} from './records.js';
import {
  Chip, hasEnded, Loading, rolloutsOf, RunActions, runAddress, Since, tasksOf, useTitle, When,
} from './parts.js';

const SECTIONS = {
  overview: 'Overview', ...Object.fromEntries(Object.entries(FIGURES).map(([name, {title}]) => [name, title])),
  checkpoints: 'Checkpoints', events: 'Events', spec: 'Spec',
};
const SMOOTHINGS = {none: 0, some: 0.6, more: 0.9};
/** Of each series in one answer. */
const MAX_POINTS = 300;
/** Between two looks, and while nothing is new. */
const [SOON, SOMETIMES] = [1500, 15_000];
const EVENTS_KEPT = 1000;
const TOGETHER = 200;

export function RunView({id, section, query}) {
  const state = useRun(id);
  const {run, spec, metrics} = state;
  const [task, setTask] = useRemembered(`task.${id}`, '');
  const [choice, setChoice] = useRemembered('axis', 'step');
  const [smoothing, setSmoothing] = useRemembered('smoothing', 'none');
  const clocks = useClocks(id, choice, metrics, state.version);
  useTitle(run?.name);
  if (!run || !spec) {
    return html`<${Loading} problem=${state.problem} />`;
  }
  const rollouts = rolloutsOf(spec);
  const tasks = run.tasks.includes(task) ? [task] : run.tasks;
  const sampled = tasksOf(spec).some(one => one.generations); // what files give is learnt, not sampled
  const axis = axisOf(choice, clocks, rollouts);
  const shared = {
    run, spec, metrics, catalogue: state.catalogue, rollouts, tasks, sampled, events: state.events, reload: state.reload,
    figures: {
      axis: axis.known ? axis : axisOf('step'), smoothing: SMOOTHINGS[smoothing] ?? 0, steps: metrics.steps(), sync: id,
    },
  };
  const curves = section === 'overview' || FIGURES[section];
  return html`
    <p class="crumbs"><a href="#/">Runs</a> / ${run.name}</p>
    <div class="heading"><h1>${run.name}</h1>
      <span class="buttons">
        ${sampled && html`<a class="button" href=${runAddress(id, 'episodes')}>Samples</a>`}
        <${RunActions} run=${run} done=${state.reload} />
      </span>
    </div>
    <${Status} run=${run} metrics=${metrics} broken=${state.broken} />
    <${Alarms} run=${run} />
    <nav class="tabs" aria-label="Sections of the run">${Object.entries(SECTIONS).map(([name, title]) => html`
      <a href=${runAddress(id, name === 'overview' ? '' : name)} aria-current=${name === section ? 'page' : null}>${title}</a>`)}
    </nav>
    ${curves && html`<form class="filters choices" aria-label="How figures are drawn" onSubmit=${event => event.preventDefault()}>
      ${run.tasks.length > 1 && html`<label>Task<select value=${tasks.length === 1 ? tasks[0] : ''}
        onChange=${event => setTask(event.currentTarget.value)}>
        <option value="">all, a line each</option>${run.tasks.map(one => html`<option value=${one}>${one}</option>`)}
      </select></label>`}
      <label>X axis<select value=${choice} onChange=${event => setChoice(event.currentTarget.value)}>
        <option value="step">steps</option><option value="time">time</option><option value="tokens">sampled tokens</option>
      </select></label>
      <label>Smoothing<select value=${smoothing} onChange=${event => setSmoothing(event.currentTarget.value)}>
        <option value="none">none: raw</option><option value="some">some (0.6)</option><option value="more">more (0.9)</option>
      </select></label>
    </form>`}
    <${Section} name=${section} shared=${shared} />`;
}

function Section({name, shared}) {
  switch (name) {
    case 'overview':
      return html`<${Overview} ...${shared} />`;
    case 'constraints':
      return html`<${Figures} section="constraints" ...${shared} /><${Constraints} ...${shared} />`;
    case 'reward':
      return html`<${Figures} section="reward" ...${shared} />${shared.sampled && html`<${Histograms} ...${shared} />`}`;
    case 'checkpoints':
      return html`<${Checkpoints} ...${shared} />`;
    case 'events':
      return html`<${Events} ...${shared} />`;
    case 'spec':
      return html`<${Spec} ...${shared} />`;
    default:
      return FIGURES[name] ? html`<${Figures} section=${name} ...${shared} />`
        : html`<p class="empty">A run has no section “${name}”.</p>`;
  }
}

/** A run that is kept up to date: its events say when there is something new, and only that is fetched. */
function useRun(id) {
  const metrics = useMemo(() => new Metrics(id, undefined, MAX_POINTS), [id]);
  const [state, setState] = useState({version: 0, events: []});
  const wake = useRef(() => {});
  const news = useRef(true);
  useEffect(() => {
    const leave = new AbortController();
    const {signal} = leave;
    const change = part => !signal.aborted && setState(before => ({...before, ...part, version: before.version + 1}));
    const fresh = [];
    let shows = null;
    // Many events may come at once, as when a long run is opened: they are shown together.
    const show = () => {
      shows = null;
      const together = fresh.splice(0).toReversed();
      change({broken: false});
      setState(before => ({...before, events: [...together, ...before.events].slice(0, EVENTS_KEPT)}));
      news.current = true;
      wake.current();
    };
    const follow = async () => {
      let last;
      while (!signal.aborted) {
        try {
          await listen(`${runPath(id)}/events`, last, () => change({broken: false}), event => {
            last = event.sequence;
            fresh.push(event);
            shows ??= setTimeout(show, TOGETHER);
          }, signal);
          if (hasEnded(await get(runPath(id), {}, signal))) {
            return;
          }
        } catch (problem) {
          if (signal.aborted || problem.status === 401 || problem.status === 404) {
            return;
          }
          change({broken: true});
        }
        await until(3000, signal);
      }
    };
    const look = async () => {
      let spec;
      while (!signal.aborted) {
        let [pause, run] = [SOMETIMES, null];
        news.current = false;
        try {
          const loaded = await Promise.all([get(runPath(id), {}, signal), spec ?? get(`${runPath(id)}/spec`, {}, signal),
            metricsByName(signal), metrics.load(signal)]);
          [run, spec] = loaded;
          change({run, spec, catalogue: loaded[2], problem: null});
          tell(null);
        } catch (problem) {
          if (signal.aborted || problem.status === 401) {
            return;
          }
          tell(problem);
          change({problem});
          if (problem.status === 404) {
            return;
          }
          pause = 3000;
        }
        await until(SOON, signal);
        if (!news.current) {
          await until(run && !hasEnded(run) ? pause / 3 : pause, signal, done => {
            wake.current = done;
          });
        }
      }
    };
    look();
    follow();
    return () => {
      leave.abort();
      clearTimeout(shows);
    };
  }, [id]);
  return {...state, metrics, reload: () => {
    news.current = true;
    wake.current();
  }};
}

/** Every step's seconds and tokens, which are summed up; only for an axis that needs them. */
function useClocks(id, choice, metrics, version) {
  const clocks = useMemo(() => new Metrics(id, ['stepSeconds', 'completionTokens']), [id]);
  const [, drawn] = useState(0);
  const last = metrics.steps().at(-1);
  useEffect(() => {
    if (choice === 'step') {
      return undefined;
    }
    const leave = new AbortController();
    clocks.load(leave.signal).then(() => drawn(version)).catch(problem => !leave.signal.aborted && tell(problem));
    return () => leave.abort();
  }, [id, choice, last]);
  return clocks;
}

/** State, progress, what it waits for, and what a person should know now. */
function Status({run, metrics, broken}) {
  useNow(!hasEnded(run));
  const seconds = run.startedAt ? secondsSince(run.startedAt, run.finishedAt) : null;
  const left = timeLeft(run, metrics);
  const alarmed = new Set((run.alarms ?? []).map(alarm => alarm.type));
  return html`<section class="status" aria-label="State">
    <p class="facts">
      <${Chip} tone=${run.state}>${run.state}</${Chip}>
      <span>${run.methods.join(', ')}</span>
      ${run.stage && html`<span class="label">stage ${run.stage}</span>`}
      ${run.startedAt ? html`<span>started <${When} time=${run.startedAt} /></span>`
        : html`<span>created <${When} time=${run.createdAt} /></span>`}
      ${seconds !== null && html`<span>${hasEnded(run) ? `took ${duration(seconds)}` : `${duration(seconds)} so far`}</span>`}
      ${left !== null && html`<span>about ${duration(left)} left</span>`}
      ${Object.entries(run.labels ?? {}).map(([key, value]) => html`<span class="label" key=${key}>${key}=${value}</span>`)}
      ${run.parent && html`<span>from <a href=${runAddress(run.parent.run)}>${run.parent.run}</a>, step ${run.parent.step}</span>`}
      <span class="id">${run.id}</span>
    </p>
    <div class="progress">
      <progress max=${run.steps || 1} value=${run.step} aria-label=${`${run.step} of ${run.steps} steps`}></progress>
      <span>${run.step} / ${counted(run.steps, 'step')}</span>
      ${run.phase && html`<span class="muted">${run.phase}</span>`}
      ${run.signal?.stepsWithoutUpdate > 0 && html`<span class="warn">no update in ${run.signal.stepsWithoutUpdate} of
        ${' '}${counted(run.signal.steps, 'step')}</span>`}
      ${broken && !hasEnded(run) && html`<span class="muted" role="status">Connecting again to the run’s events…</span>`}
    </div>
    ${(run.waitsFor ?? []).length > 0 && html`<ul class="waits" aria-label="What the run waits for">
      ${run.waitsFor.map(wait => html`<li key=${`${wait.kind} ${wait.name}`}>
        Waits for ${words(wait.kind)} <b>${wait.name}</b> since <${Since} time=${wait.since} />${' '}
        ${wait.message && html`<span class="muted">${wait.message}</span>`}</li>`)}
    </ul>`}
    ${run.terminalReason && html`<p class="reason">${run.terminalReason}</p>`}
    ${run.errors?.length > 0 && html`<ul class="conditions">${run.errors.map(mistake => html`
      <li><code>${mistake.pointer}</code> ${mistake.detail}</li>`)}</ul>`}
    ${run.conditions.length > 0 && html`<ul class="conditions">${run.conditions
      .filter(condition => !alarmed.has(condition.type)).map(condition => html`
      <li key=${condition.type + condition.message}><b>${words(condition.type)}</b> ${condition.message}${' '}
        <span class="muted">since <${When} time=${condition.since} /></span></li>`)}</ul>`}
  </section>`;
}

/** Of the last steps, each as long as they were. */
function timeLeft(run, metrics) {
  const recent = metrics.get('stepSeconds').values.slice(-20);
  return run.state !== 'running' || recent.length === 0 ? null : mean(recent).mean * (run.steps - run.step);
}
