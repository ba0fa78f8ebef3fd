// A new run: its spec, what the schema says of the field at hand, and a dry run that finds every mistake.

import {html, useEffect, useMemo, useRef, useState} from './lib.js';
import {get, post, runPath} from './api.js';
import {counted} from './format.js';
import {tell, useLive} from './live.js';
import {Loading, runAddress, useTitle} from './parts.js';

const DRAFT = 'tribunal.draft';
const ROOT = 'WrittenRunSpec';
const START = `apiVersion: tribunal/v1
name: my-run
policy: {model: "hf:DIRECTORY", maxNewTokens: 128, temperature: 1.0}
training: {steps: 100, seed: 1, learningRate: 1.0e-5}
tasks:
- name: math
  prompts: {source: "file:PROMPTS.jsonl", batchSize: 8, baseline: {field: baseline}}
  rewardModel: NAME@VERSION
  judges: [math-answer@1]
  method: {type: crpg, klMax: 20}
  generations: 4
`;

export function NewRunView({from, fork, step}) {
  useTitle(fork ? 'Fork' : 'New run');
  const {value, problem} = useLive(async signal => {
    const api = await get('/v1/openapi.json', {}, signal);
    const {schemas} = api.components;
    if (fork) {
      const parent = await get(runPath(fork), {}, signal);
      return {schemas, parent, step, text: patchOf(parent)};
    }
    const spec = from ? await get(`${runPath(from)}/spec`, {}, signal) : null;
    return {schemas, text: spec ? JSON.stringify(spec, null, 2) : sessionStorage.getItem(DRAFT) ?? START};
  }, `new ${from} ${fork} ${step}`);
  const parent = value?.parent;
  return html`<h1>${fork ? 'Fork' : 'New run'}</h1>
    ${parent && html`<p>A new run that begins with step ${step} of <a href=${runAddress(parent.id)}>${parent.name}</a>.${' '}
      It has its parent’s spec, with what you write here in place of what stands there: a list replaces a list as a whole, and
      ${' '}<code>null</code> takes away.</p>`}
    ${value ? html`<${Editor} key=${`${from} ${fork} ${step}`} ...${value} />` : html`<${Loading} problem=${problem} />`}`;
}

function patchOf(parent) {
  return `name: ${JSON.stringify(`${parent.name}-fork`)}\ntraining:\n  steps: ${parent.steps}\n`;
}

/** What a fork asks for, as YAML; a patch that is JSON is YAML, too. */
function forkOf(patch, kind, step) {
  return `step: ${step}\nkind: ${kind}\npatch:\n${patch.split('\n').map(line => `  ${line}`).join('\n')}\n`;
}

const KINDS = {
  weights: 'the weights: its steps are counted from 1',
  state: 'the whole state: it goes on with the next step',
};

/** parent, step: of a fork, whose text is a patch; else the text is a whole spec */
function Editor({schemas, text: first, parent, step}) {
  const [text, setText] = useState(first);
  const [kind, setKind] = useState('weights');
  const [at, setAt] = useState(null);
  const [result, setResult] = useState(null);
  const [busy, setBusy] = useState(false);
  const area = useRef(null);
  const key = useMemo(() => crypto.randomUUID?.() ?? String(Math.random()), [text]);
  useEffect(() => parent ?? sessionStorage.setItem(DRAFT, text), [text]);
  const asked = dryRun => (parent
    ? [`${runPath(parent.id)}/forks`, {query: {dryRun}, body: forkOf(text, kind, step), type: 'application/yaml'}]
    : ['/v1/runs', {
      query: {dryRun}, body: text, type: text.trimStart().startsWith('{') ? 'application/json' : 'application/yaml',
      headers: dryRun ? {} : {'idempotency-key': key},
    }]);
  const send = async dryRun => {
    setBusy(true);
    try {
      const run = await post(...asked(dryRun));
      tell(null);
      if (dryRun) {
        setResult({run});
      } else {
        sessionStorage.removeItem(DRAFT);
        location.hash = runAddress(run.id);
      }
    } catch (problem) {
      if (problem.status !== 422 && problem.status !== 400) {
        tell(problem);
      }
      setResult({problem});
    }
    setBusy(false);
  };
  const go = pointer => {
    const place = placeOf(text, pointer.replace(/^\/patch(?=\/)/, ''));
    area.current.focus();
    area.current.setSelectionRange(place, place);
    setAt(place);
  };
  return html`<div class="editor">
    <div>
      ${parent && html`<p class="filters"><label>It takes over<select value=${kind}
        onChange=${event => setKind(event.currentTarget.value)}>${Object.entries(KINDS).map(([word, title]) => html`
          <option value=${word}>${title}</option>`)}</select></label></p>`}
      <label for="spec">${parent ? 'What is otherwise than in its parent, as YAML or JSON' : 'The spec, as YAML or JSON'}</label>
      <textarea id="spec" ref=${area} spellcheck="false" rows=${parent ? 12 : 28} value=${text}
        onInput=${event => {
          setText(event.currentTarget.value);
          setAt(event.currentTarget.selectionStart);
        }}
        onKeyUp=${event => setAt(event.currentTarget.selectionStart)}
        onClick=${event => setAt(event.currentTarget.selectionStart)}></textarea>
      <p class="buttons"><button type="button" disabled=${busy} onClick=${() => send(true)}>Dry run</button>
        <button type="button" class="primary" disabled=${busy} onClick=${() => send(false)}>Start the run</button></p>
      <div role="status">${result?.run && html`<${Sound} run=${result.run} />`}
        ${result?.problem && html`<${Mistakes} problem=${result.problem} go=${go} />`}</div>
    </div>
    <${Hints} schemas=${schemas} path=${at === null ? [] : pathAt(text, at)} />
  </div>`;
}

function Sound({run}) {
  return html`<p class="up"><b>It can be started:</b> ${counted(run.steps, 'step')}, ${run.methods.join(', ')},
    ${' '}${counted(run.tasks.length, 'task')} (${run.tasks.join(', ')}). Nothing has been created.</p>
    ${run.conditions.length > 0 && html`<ul class="conditions">${run.conditions.map(one => html`
      <li key=${one.type}>${one.message}</li>`)}</ul>`}`;
}

function Mistakes({problem, go}) {
  return html`<p class="reason">${problem.message}</p>
    ${problem.errors.length > 0 && html`<ul class="conditions">${problem.errors.map(mistake => html`
      <li key=${mistake.pointer + mistake.detail}><button type="button" class="link" onClick=${() => go(mistake.pointer)}>
        <code>${mistake.pointer || '/'}</code></button> ${mistake.detail}</li>`)}</ul>`}`;
}

/** What may stand where the cursor is. */
function Hints({schemas, path}) {
  const found = look(schemas, path);
  const fields = Object.entries(found.properties);
  return html`<aside aria-label="What may stand here" tabindex="0"><h2>What may stand here</h2>
    <p class="crumbs"><code>/${path.join('/')}</code></p>
    ${found.description && html`<p>${plain(found.description)}</p>`}
    ${found.words.length > 0 && html`<p>One of ${found.words.map(word => html`<code>${word}</code> `)}</p>`}
    ${fields.length > 0 && html`<dl class="hints">${fields.map(([name, schema]) => html`<div key=${name}>
      <dt><code>${name}</code> ${found.required.includes(name) && html`<span class="label">required</span>`}${' '}
        <span class="muted small">${typeOf(schemas, schema)}</span></dt>
      <dd>${plain(resolve(schemas, schema).description ?? schema.description ?? '')}</dd></div>`)}</dl>`}
    ${fields.length === 0 && found.words.length === 0 && !found.description && html`<p class="muted">The schema says nothing of this place.</p>`}
  </aside>`;
}

function resolve(schemas, schema) {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema?.$ref ?? '')?.[1];
  return name ? {...schemas[name], ...schema.description && {description: schema.description}} : schema ?? {};
}

/** All that a place may be, choices joined. */
function look(schemas, path) {
  let places = [schemas[ROOT] ?? {}];
  for (const key of path) {
    const next = places.flatMap(place => branches(schemas, place)).flatMap(place =>
      /^\d+$/.test(key) && place.items ? [place.items] : place.properties?.[key] ? [place.properties[key]]
        : typeof place.additionalProperties === 'object' ? [place.additionalProperties] : []);
    if (next.length === 0) {
      break;
    }
    places = next;
  }
  const every = places.flatMap(place => branches(schemas, place));
  return {
    description: places.map(place => resolve(schemas, place).description).find(Boolean),
    properties: Object.assign({}, ...every.map(place => place.properties ?? {})),
    required: every.length === 1 ? every[0].required ?? [] : [],
    words: [...new Set(every.flatMap(place => place.enum ?? []))],
  };
}

function branches(schemas, schema, depth = 0) {
  const place = resolve(schemas, schema);
  const choices = [...place.oneOf ?? [], ...place.anyOf ?? [], ...place.allOf ?? []];
  return depth > 6 ? [place] : [place, ...choices.flatMap(one => branches(schemas, one, depth + 1))];
}

function typeOf(schemas, schema) {
  const place = resolve(schemas, schema);
  const type = [place.type ?? (place.oneOf || place.anyOf ? 'one of several' : '')].flat().join(' or ');
  const rest = [place.minimum !== undefined && `from ${place.minimum}`, place.maximum !== undefined && `to ${place.maximum}`,
    place.default !== undefined && `default ${JSON.stringify(place.default)}`].filter(Boolean);
  return [type, ...rest].filter(Boolean).join(', ');
}

/** Descriptions mark code as Markdown does, and names of Java by #. */
function plain(text) {
  return text.split('`').map((part, index) => index % 2 ? html`<code>${part.replace(/^#/, '')}</code>` : part);
}

/** The keys that lead to a place in YAML or JSON: by indentation in block style, by braces within a line. */
export function pathAt(text, place) {
  return text.trimStart().startsWith('{') ? flowPath(text, place) : blockPath(text, place);
}

function blockPath(text, place) {
  const lines = text.slice(0, place).split('\n');
  const rest = text.slice(place).split('\n')[0];
  const current = lines.pop();
  const levels = [];
  for (const line of [...lines, current + rest]) {
    const [, spaces, dash, key] = /^(\s*)((?:-\s+)*)(?:["']?([\w.-]+)["']?\s*:)?/.exec(line);
    if (line.trim() === '' || line.trimStart().startsWith('#')) {
      continue;
    }
    const indent = spaces.length;
    while (levels.length && (levels.at(-1).indent > indent || levels.at(-1).indent === indent && (!dash || levels.at(-1).item))) {
      const gone = levels.pop();
      if (gone.item && gone.indent === indent && dash) {
        levels.push({...gone, key: String(Number(gone.key) + 1)});
        break;
      }
    }
    if (dash && !(levels.at(-1)?.item && levels.at(-1).indent === indent)) {
      levels.push({indent, key: '0', item: true});
    }
    if (key) {
      const own = indent + dash.length;
      levels.push({indent: own, key});
    }
  }
  const cut = /^(\s*(?:-\s+)*["']?[\w.-]+["']?\s*:\s*)([[{].*)$/.exec(current);
  return [...levels.map(level => level.key), ...cut ? flowPath(cut[2], cut[2].length) : []];
}

/** Within braces and brackets. */
function flowPath(text, place) {
  const path = [];
  let [key, quote, word] = [null, null, ''];
  for (const letter of text.slice(0, place)) {
    if (quote) {
      if (letter === quote) {
        quote = null;
      } else {
        word += letter;
      }
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word = '';
    } else if (letter === ':') {
      key = word.trim();
      word = '';
    } else if (letter === '{') {
      path.push({key, list: false});
      [key, word] = [null, ''];
    } else if (letter === '[') {
      path.push({key, list: true, index: 0});
      [key, word] = [null, ''];
    } else if (letter === '}' || letter === ']') {
      path.pop();
      [key, word] = [null, ''];
    } else if (letter === ',') {
      if (path.at(-1)?.list) {
        path.at(-1).index++;
      }
      [key, word] = [null, ''];
    } else {
      word += letter;
    }
  }
  const keys = path.flatMap(({key: own, list}, index) => {
    const outer = path[index - 1];
    return [...outer?.list ? [String(outer.index)] : own === null ? [] : [own]];
  });
  const inner = path.at(-1);
  return [...keys, ...inner?.list ? [String(inner.index)] : [], ...key !== null ? [key] : []];
}

/** Where a pointer's field is, as near as it can be found. */
function placeOf(text, pointer) {
  if (text.length > 50_000) {
    return 0; // looking everywhere would take too long
  }
  const wanted = pointer.split('/').slice(1);
  let best = [0, -1];
  for (let place = 0; place <= text.length; place++) {
    if (place < text.length && !/[:,\n\]}]/.test(text[place])) {
      continue;
    }
    const path = pathAt(text, place);
    let same = 0;
    while (same < wanted.length && path[same] === wanted[same]) {
      same++;
    }
    if (same > best[1]) {
      best = [place, same];
    }
  }
  return best[0];
}
