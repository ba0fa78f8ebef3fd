// What a person says of samples: by keys, one after the other, and how far the judges say the same.

import {html, useEffect, useRef, useState} from './lib.js';
import {all, get, post, runPath} from './api.js';
import {count, DASH, missing, number, percent} from './format.js';
import {tell} from './live.js';
import {Chip, Table} from './parts.js';

const KEYS = {s: 'satisfied', v: 'violated', k: 'skip'};
const MOST = 10_000;

/** The labels of a run by episode, and how to give one; null until labelling has begun. */
export function useLabels(id, labelling) {
  const [state, setState] = useState(null);
  const load = async () => {
    const [labels, agreement] = await Promise.all([
      all(`${runPath(id)}/labels`, {}, MOST), get(`${runPath(id)}/labels/agreement`)]);
    setState({agreement, of: new Map(labels.filter(label => missing(label.judge)).map(label => [label.episode, label.verdict]))});
  };
  const attempt = action => action().then(() => tell(null)).catch(tell);
  useEffect(() => {
    if (labelling && !state) {
      attempt(load);
    }
  }, [id, labelling]);
  return {...state, give: (episode, verdict) => attempt(async () => {
    await post(`${runPath(id)}/episodes/${encodeURIComponent(episode)}/label`,
      {method: 'PUT', body: JSON.stringify({verdict}), type: 'application/json'});
    await load();
  })};
}

/** Around the samples: s, v and k say something of the one at hand and go to the next; j and the arrows only go. */
export function Labelling({episodes, labels, children}) {
  const place = useRef(null);
  useEffect(() => place.current.querySelector('.episode')?.focus(), []);
  const key = event => {
    if (event.target.matches('input, select, textarea') || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const cards = [...place.current.querySelectorAll('.episode')];
    const at = cards.indexOf(document.activeElement?.closest('.episode'));
    const verdict = KEYS[event.key];
    const move = verdict || ['j', 'ArrowDown'].includes(event.key) ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!move || at < 0) {
      return;
    }
    event.preventDefault();
    if (verdict) {
      labels.give(episodes[at].id, verdict);
    }
    const next = cards[Math.max(0, Math.min(at + move, cards.length - 1))];
    next.focus();
    next.scrollIntoView({block: 'nearest'});
  };
  return html`<div ref=${place} onKeyDown=${key}>
    <p class="muted small">Do the constraints hold? <kbd>s</kbd> satisfied, <kbd>v</kbd> violated, <kbd>k</kbd> cannot say,
      ${' '}<kbd>↓</kbd> <kbd>↑</kbd> to go on. What the judges said is folded until you have said it.</p>
    ${labels.agreement && html`<${Agreement} agreement=${labels.agreement} />`}
    ${children}</div>`;
}

export function LabelButtons({episode, labels}) {
  const said = labels.of?.get(episode);
  return html`<p class="buttons" role="group" aria-label="Your label">${Object.entries(KEYS).map(([key, verdict]) => html`
    <button type="button" key=${key} class="quiet" aria-pressed=${said === verdict}
      onClick=${() => labels.give(episode, verdict)}>${verdict} (${key})</button>`)}
    ${said && html`<${Chip} tone=${said}>${said}</${Chip}>`}</p>`;
}

function Agreement({agreement}) {
  const rows = [['all constraints', agreement.constraints],
    ...agreement.judges.map(one => [`${one.judge}@${one.version}`, one.compared])].filter(([, compared]) => compared);
  const estimate = (one, format) => missing(one) ? DASH : html`${format(one.value)} ${!missing(one.low) && html`<span
    class="interval">(${format(one.low)}–${format(one.high)})</span>`}`;
  return html`<p>${count(agreement.labels)} labels${agreement.skipped ? `, ${count(agreement.skipped)} of them cannot say` : ''}.</p>
    ${rows.length > 0 && html`<${Table} caption="How far judges say what people say" heads=${['Judge', 'Accuracy', 'κ', 'Disagreements']}>
      ${rows.map(([name, {agreement: found, disagreements}]) => html`<tr key=${name}><th scope="row">${name}</th>
        <td>${estimate(found.accuracy, percent)}</td><td>${estimate(found.kappa, number)}</td>
        <td>${count(disagreements.length)}</td></tr>`)}</${Table}>`}`;
}
