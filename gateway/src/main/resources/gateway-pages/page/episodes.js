// Why was this sample rewarded? Rollouts as they were stored.

import {get} from './api.js';
import {el, missing, number, show, signed} from './dom.js';

const PAGE = 20;
const FILTERS = ['task', 'step', 'judge', 'verdict', 'split'];

export function episodesView(id, query) {
  const path = `/v1/runs/${encodeURIComponent(id)}`;
  const filter = Object.fromEntries(FILTERS.map(name => [name, query.get(name) ?? '']));

  return async function view(root, signal) {
    const [run, spec, page] = await Promise.all([
      get(path, {}, signal),
      get(`${path}/spec`, {}, signal),
      get(`${path}/episodes`, {...filter, limit: PAGE}, signal),
    ]);
    document.title = `Episodes of ${run.name} · Tribunal`;
    const list = el('div', {class: 'cards'}, page.data.map(episode));
    show(root,
      el('p', {class: 'crumbs'}, el('a', {href: '#/'}, 'Runs'), ' / ',
        el('a', {href: `#/runs/${encodeURIComponent(id)}`}, run.name), ' / episodes'),
      el('h1', {}, 'Episodes'),
      filters(id, filter, run, spec),
      page.data.length ? list : el('p', {class: 'empty'}, 'No episode matches.'),
      more(list, page, cursor => get(`${path}/episodes`, {...filter, limit: PAGE, cursor}, signal)));
    return null; // what is being read stays where it is
  };
}

function filters(id, filter, run, spec) {
  const judges = [...new Set(spec.tasks.flatMap(task => task.judges.map(judge => judge.judge.split('@')[0])))];
  const select = (name, label, values) => el('label', {}, label,
    el('select', {name}, ['', ...values].map(value =>
      el('option', {value, selected: value === filter[name]}, value || 'all'))));
  return el('form', {
    class: 'filters',
    submit: event => {
      event.preventDefault();
      const chosen = [...new FormData(event.target)].filter(([, value]) => value !== '');
      location.hash = `#/runs/${encodeURIComponent(id)}/episodes?${new URLSearchParams(chosen)}`;
    },
    change: event => event.currentTarget.requestSubmit(),
  },
  select('task', 'Task', run.tasks),
  el('label', {}, 'Step',
    el('input', {name: 'step', type: 'number', min: 0, max: run.steps, value: filter.step, placeholder: 'all'})),
  select('verdict', 'Verdict', ['satisfied', 'violated', 'undecided', 'not-asked']),
  select('judge', 'of judge', judges),
  select('split', 'Prompts', ['train', 'held-out']),
  el('button', {type: 'submit'}, 'Filter'));
}

function more(list, page, load) {
  if (!page.hasMore) {
    return null;
  }
  const button = el('button', {
    type: 'button',
    click: async () => {
      button.disabled = true;
      const next = await load(page.nextCursor);
      list.append(...next.data.map(episode));
      button.replaceWith(...[more(list, next, load)].filter(Boolean));
    },
  }, 'More episodes');
  return button;
}

function episode(one) {
  const verdict = missing(one.feasible) ? 'undecided' : one.feasible ? 'feasible' : 'violated';
  return el('article', {class: 'card episode'},
    el('p', {class: 'facts'},
      el('span', {class: `chip ${verdict}`}, verdict),
      el('b', {}, one.task),
      el('span', {}, one.split === 'held-out' ? `held-out, after step ${one.step}` : `step ${one.step}`),
      el('span', {}, `prompt ${one.prompt}, sample ${one.sample}`),
      one.role && el('span', {class: 'label'}, one.role),
      el('span', {class: 'id'}, one.id)),
    one.messages.map(message => text(message.role, message.content)),
    text('completion', one.completion, one.finishReason === 'length' ? 'cut off at its greatest length' : null),
    el('p', {class: 'why'}, why(one)),
    el('dl', {class: 'measures'}, [
      ...one.scores.flatMap(score => [
        [named(one, 'Score', score), missing(score.score) ? null : number(score.score.value)],
        [named(one, 'Deviation', score), missing(score.score) ? null : number(score.score.deviation)],
        [named(one, 'Classes', score), classes(score.score)],
        [named(one, 'Baseline’s score', score), missing(score.baseline) ? null : number(score.baseline.value)],
      ]),
      ['Reward', missing(one.reward) ? null : number(one.reward)],
      ['Calibrated reward', signed(one.calibratedReward)],
      ['Regularized reward', missing(one.regularizedReward) ? null : signed(one.regularizedReward)],
      ['Log-ratio', number(one.logRatio)],
      ['Weight', signed(one.weight)],
      ['Reward model', one.scores.map(score => score.rewardModel).join(', ')],
      ['Policy after step', one.policyVersion],
    ].filter(([, value]) => !missing(value)).map(([name, value]) =>
      el('div', {}, el('dt', {}, name), el('dd', {}, String(value))))),
    verdicts(one.verdicts),
    !missing(one.baseline) && el('details', {}, el('summary', {}, 'Baseline completion'), el('pre', {}, one.baseline)));
}

function named(one, measure, score) {
  return one.scores.length === 1 ? measure : `${measure}, ${score.name}`;
}

function classes(score) {
  const labels = missing(score) ? [] : Object.entries(score.classes);
  return labels.length === 0 ? null : labels.map(([label, share]) => `${label} ${number(share)}`).join(', ');
}

function text(who, words, note) {
  return el('div', {class: `text ${who}`},
    el('span', {class: 'who'}, who, note && el('span', {class: 'muted'}, ` ${note}`)),
    el('pre', {}, words === '' ? el('i', {class: 'muted'}, 'empty') : words));
}

/** In words, from what decided it. */
function why(one) {
  const violated = one.verdicts.filter(verdict => verdict.verdict === 'violated').map(verdict => verdict.judge);
  const undecided = one.verdicts.filter(verdict => verdict.verdict === 'undecided').map(verdict => verdict.judge);
  const constraints = one.verdicts.length === 0 ? 'No judge was asked.'
    : violated.length ? `Violates ${violated.join(' and ')}.`
      : undecided.length ? `Undecided: ${undecided.join(' and ')} gave no verdict.`
        : 'Satisfies every judge.';
  const reward = one.scores.some(score => missing(score.score))
    ? ` No reward${one.scoreError ? `: ${one.scoreError}` : ''}.`
    : one.scores.filter(score => !missing(score.baseline)).map(score =>
      ` ${one.scores.length === 1 ? 'Scores' : `${score.name} scores it`} ${
        score.score.value > score.baseline.value ? 'above' : 'no better than'} its baseline completion.`).join('');
  const effect = one.split === 'held-out' ? ' Held out: never trained on.'
    : one.weight > 0 ? ' The step made it more likely.'
      : one.weight < 0 ? ' The step made it less likely.'
        : ' It had no part in the step.';
  return constraints + reward + effect;
}

function verdicts(all) {
  return all.length > 0 && el('div', {class: 'wide'}, el('table', {class: 'grid verdicts'},
    el('thead', {}, el('tr', {},
      ['Judge', 'Verdict', 'Score', 'Reason', 'Time'].map(head => el('th', {scope: 'col'}, head)))),
    el('tbody', {}, all.map(verdict => el('tr', {},
      el('th', {scope: 'row'}, `${verdict.judge}@${verdict.version}`),
      el('td', {}, el('span', {class: `chip ${verdict.verdict}`}, verdict.verdict.replace('-', ' '))),
      el('td', {}, number(verdict.score)),
      el('td', {class: 'reasoning'}, verdict.error
        ? `${verdict.error.code}${verdict.error.detail ? `: ${verdict.error.detail}` : ''}`
        : verdict.reason ?? ''),
      el('td', {}, effort(verdict)))))));
}

/** What a verdict took. */
function effort(verdict) {
  return verdict.verdict === 'not-asked' ? ''
    : verdict.cached ? 'known from before'
      : `${verdict.latencyMs} ms${verdict.attempts > 1 ? `, ${verdict.attempts} attempts` : ''}`;
}
