// Which view the address names, and what surrounds every view: the token, and what went wrong.

import {html, render, useEffect, useRef, useState} from './lib.js';
import {adoptTokenFromAddress, forgetToken, get, hasToken, keepToken} from './api.js';
import {CompareView} from './compare.js';
import {ComparisonsView, ComparisonView} from './comparisons.js';
import {redrawAll} from './figure.js';
import {JudgesView, JudgeView, RewardModelView} from './judges.js';
import {tellTo} from './live.js';
import {LineageView} from './lineage.js';
import {NewRunView} from './new-run.js';
import {RunView} from './run.js';
import {RunsView} from './runs.js';
import {SamplesView} from './samples.js';

const VIEWS = [['', 'Runs'], ['judges', 'Judges'], ['compare', 'Compare'], ['comparisons', 'Comparisons'], ['lineage', 'Lineage'], ['new', 'New run']];

function address() {
  const [route, query] = location.hash.slice(1).split('?');
  return {parts: route.split('/').slice(1).map(decodeURIComponent), query: new URLSearchParams(query ?? '')};
}

function Page() {
  const [{parts, query}, setAddress] = useState(address);
  const [token, setToken] = useState(hasToken);
  const [caller, setCaller] = useState(null);
  const [notice, setNotice] = useState(null);
  useEffect(() => {
    tellTo(setNotice);
    const moved = () => {
      if (location.hash === '#content') {
        return; // the skip link
      }
      const before = location.hash;
      adoptTokenFromAddress();
      setToken(hasToken());
      setAddress(address());
      if (before === location.hash) {
        setNotice(null);
      }
    };
    const refused = () => {
      forgetToken();
      setToken(false);
      setNotice('The platform does not know this token.');
    };
    window.addEventListener('hashchange', moved);
    window.addEventListener('tribunal:unauthenticated', refused);
  }, []);
  useEffect(() => {
    setCaller(null);
    const asked = new AbortController();
    if (token) {
      // Who one is says what is not offered; where it is not known, the platform refuses what one may not.
      get('/v1/caller', {}, asked.signal).then(setCaller, () => {});
    }
    return () => asked.abort();
  }, [token]);
  const view = token ? viewOf(parts, query) : html`<${TokenForm} done=${() => {
    setNotice(null);
    setToken(true);
  }} />`;
  return html`
    <a class="skip" href="#content">Skip to the content</a>
    <header class="top">
      <a class="brand" href="#/">Tribunal</a>
      <nav aria-label="Main">
        ${VIEWS.filter(([name]) => name !== 'new' || mayRun(caller)).map(([name, title]) => html`<a href=${`#/${name}`}
          aria-current=${(parts[0] === 'runs' ? '' : parts[0] ?? '') === name ? 'page' : null}>${title}</a>`)}
        <a href="/v1/openapi.json">API</a>
        ${caller && html`<span class="muted" title=${`Namespaces: ${caller.namespaces.join(', ')}`}>${caller.name}, ${
          caller.roles.join(', ') || 'no role'}</span>`}
        ${token && html`<button type="button" class="quiet" onClick=${() => {
          forgetToken();
          setToken(false);
        }}>Forget token</button>`}
      </nav>
    </header>
    ${notice && html`<p class="notice" role="status">${notice}</p>`}
    <main id="content" tabindex="-1">${view}</main>`;
}

const mayRun = caller => !caller || caller.roles.includes('operator') || caller.roles.includes('admin');

function viewOf([first, second, third], query) {
  if (first === 'runs' && second) {
    return third === 'episodes'
      ? html`<${SamplesView} key=${`samples ${second}`} id=${second} query=${query} />`
      : html`<${RunView} key=${second} id=${second} section=${third ?? 'overview'} query=${query} />`;
  }
  switch (first) {
    case 'judges':
      return second ? html`<${JudgeView} key=${`${second}@${third}`} name=${second} version=${third} />`
        : html`<${JudgesView} />`;
    case 'reward-models':
      return html`<${RewardModelView} key=${`${second}@${third}`} name=${second} version=${third} />`;
    case 'compare':
      return html`<${CompareView} query=${query} />`;
    case 'comparisons':
      return second ? html`<${ComparisonView} key=${`comparison ${second}`} name=${second} query=${query} />`
        : html`<${ComparisonsView} />`;
    case 'lineage':
      return html`<${LineageView} />`;
    case 'new':
      return html`<${NewRunView} from=${query.get('from')} fork=${query.get('fork')} step=${query.get('step')} />`;
    default:
      return html`<${RunsView} query=${query} />`;
  }
}

function TokenForm({done}) {
  const input = useRef(null);
  useEffect(() => {
    document.title = 'Tribunal';
    input.current.focus();
  }, []);
  return html`<form class="token" onSubmit=${event => {
    event.preventDefault();
    keepToken(input.current.value);
    done();
  }}>
    <h1>Your token</h1>
    <label for="token">Bearer token</label>
    <input id="token" ref=${input} type="password" autocomplete="current-password" required minlength="16"
      spellcheck="false" />
    <p class="muted">It was printed when the platform was started, or an admin has issued it. This tab keeps it until it is closed.</p>
    <button type="submit" class="primary">Show the runs</button>
  </form>`;
}

window.addEventListener('beforeprint', () => {
  document.documentElement.classList.add('printing');
  redrawAll();
});
window.addEventListener('afterprint', () => {
  document.documentElement.classList.remove('printing');
  redrawAll();
});
adoptTokenFromAddress();
document.body.replaceChildren();
render(html`<${Page} />`, document.body);
